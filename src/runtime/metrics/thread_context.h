// What a thread is doing, for spans and for the accounts of time: whose job it works for, and what its time counts as.
#pragma once

#include <cstdint>

namespace basalt::metrics {

/// Where time went, in nanoseconds summed over threads. The account of a job is written by the job's thread only.
struct TimeAccount {
  std::int64_t compute = 0;
  std::int64_t memory = 0;
  std::int64_t synchronisation = 0;

  TimeAccount& operator+=(const TimeAccount& other) noexcept {
    compute += other.compute;
    memory += other.memory;
    synchronisation += other.synchronisation;
    return *this;
  }
};

struct ThreadContext {
  std::uint64_t job = 0;           ///< Whose spans this thread records; 0: nobody's.
  TimeAccount* account = nullptr;  ///< Null: time counts for the process only.
  std::int64_t accounted = 0;      ///< Nanoseconds so far in which this thread ran loops or handled memory.
  bool handles_memory = false;     ///< What loops count as.
  bool in_loop = false;            ///< Whatever happens here is in the account of the loop already.
};

inline thread_local constinit ThreadContext this_thread;

}  // namespace basalt::metrics
