// Splits the time of threads into compute, memory and synchronisation, loop by loop. The thread arena reports its loops
// here, whoever takes or touches memory says so by a MemoryTime; docs/runtime/metrics.md defines what counts as what.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtime/metrics/thread_context.h"

namespace basalt::metrics {

/// One parallel loop, on the stack of the thread that calls it. Costs two looks at the clock, and two more for each
/// thread that helps.
class LoopTime {
 public:
  /// `threads` could take part, the caller's included. With one there need be no Share. Loops within loops count
  /// nothing of their own.
  explicit LoopTime(int threads) noexcept;
  ~LoopTime();
  LoopTime(const LoopTime&) = delete;
  LoopTime& operator=(const LoopTime&) = delete;

  /// One thread's share of the loop, as long as it has pieces to run. Lets the thread's spans count for the job.
  class Share {
   public:
    explicit Share(LoopTime& loop) noexcept;
    ~Share();
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

   private:
    LoopTime& loop_;
    ThreadContext before_;
    std::int64_t start_;
  };

 private:
  bool outermost_;
  std::uint64_t job_;
  int threads_;
  std::int64_t start_;
  std::atomic<std::int64_t> busy_{0};
};

/// The calling thread takes, first touches, copies or spills memory as long as this lives; so do its loops.
class MemoryTime {
 public:
  MemoryTime() noexcept;
  ~MemoryTime();
  MemoryTime(const MemoryTime&) = delete;
  MemoryTime& operator=(const MemoryTime&) = delete;

 private:
  bool outermost_;
  std::int64_t accounted_before_;
  std::int64_t start_;
};

/// Counts for the job of this thread, whose meter passes it on, or straight for the timers of the process.
void count_time(const TimeAccount& time) noexcept;

}  // namespace basalt::metrics
