// What the ledger writes down: limits ("pools"), the processes that take part, and their jobs. Plain data without
// pointers, so that it can lie in a file that processes share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "basalt/ledger.h"

namespace basalt::ledger {

inline constexpr std::size_t kMostPools = 256;
inline constexpr std::size_t kMostMembers = 256;
inline constexpr std::size_t kMostJobs = 1024;
inline constexpr std::size_t kMostHeaps = 4;

using Text = std::array<char, 48>;  ///< Ends with a zero.

Text to_text(std::string_view text) noexcept;  ///< Cut between characters (UTF-8), not within one.
std::string_view from_text(const Text& text) noexcept;

/// A set of pools, by their rows.
struct PoolSet {
  std::array<std::uint64_t, kMostPools / 64> words{};

  [[nodiscard]] constexpr bool has(std::size_t pool) const noexcept {
    return ((words[pool / 64] >> (pool % 64)) & 1) != 0;
  }
  constexpr void add(std::size_t pool) noexcept { words[pool / 64] |= std::uint64_t{1} << (pool % 64); }
  bool operator==(const PoolSet&) const = default;
};

/// One limit. Jobs of every process that is subject to it draw from it.
struct Pool {
  std::uint64_t key = 0;   ///< The limit's name, resource and, unless shared, its member, hashed; 0: the row is free.
  std::uint64_t heap = 0;  ///< Hash of the heap's name, for device bytes.
  std::uint64_t capacity = 0;
  Resource resource = Resource::host_bytes;
  bool is_what_is_left = false;  ///< Was measured as what is left, and had what is resident added.
  Text name{};
  bool operator==(const Pool&) const = default;
};

/// A ledger object of some process. Alive as long as it holds the lock of its row.
struct Member {
  std::uint64_t token = 0;  ///< Drawn at random; 0: the row is free.
  PoolSet pools;            ///< The limits it is subject to.
  std::int64_t pid = 0;
  bool operator==(const Member&) const = default;
};

enum class JobState : std::uint8_t {
  waiting,    ///< Holds nothing but what it brought.
  suspended,  ///< Gave back host memory and cores; holds device memory and slots, waits for the rest.
  running,
  paused,  ///< Holds everything but cores, and waits for them.
};

struct HeapNeed {
  std::uint64_t heap = 0;  ///< Hash of the heap's name; 0: unused.
  std::uint64_t bytes = 0;
  bool operator==(const HeapNeed&) const = default;
};

/// Times are seconds on a clock that all processes share.
struct Job {
  std::uint64_t id = 0;  ///< Counts up: also the order of asking.
  std::uint32_t member = 0;
  std::int8_t priority = 0;
  JobState state = JobState::waiting;
  bool can_release_host = false;
  bool asked_to_release = false;  ///< Somebody of higher priority waits for its memory.
  PoolSet pools;                  ///< Those of its member.
  std::uint64_t host_bytes = 0;
  std::uint64_t cached_bytes = 0;    ///< Of `host_bytes`, what it holds before it starts: blocks that its process kept.
  std::uint64_t resident_bytes = 0;  ///< Of `host_bytes`, what has been touched.
  std::array<HeapNeed, kMostHeaps> device{};
  std::int32_t min_cores = 0;
  std::int32_t max_cores = 0;
  std::int32_t queue_slots = 0;
  std::int32_t cores = 0;  ///< Allotted; 0 unless running.
  double expected_seconds = 0;
  double asked_at = 0;
  double since = 0;           ///< When `state` last turned from waiting for something to running, or back.
  double waited = 0;          ///< Seconds without cores, up to `since`.
  double expected_start = 0;  ///< Of a waiting job: the start that is kept free for it; infinite if nobody can say.
  Text name{};
  bool operator==(const Job&) const = default;
};

struct Books {
  std::uint64_t last_id = 0;
  std::vector<Pool> pools;  ///< A row keeps its place while any member refers to it.
  std::vector<Member> members;
  std::vector<Job> jobs;  ///< In the order of asking.
  bool operator==(const Books&) const = default;
};

[[nodiscard]] constexpr bool draws_from(const Job& job, std::size_t pool) noexcept {
  return job.pools.has(pool);
}

/// What a job holds of a pool, its cores at their minimum: what is above can be called back at any time.
std::int64_t held_of(const Job& job, const Pool& pool) noexcept;
/// What it waits for, on top of that. Zero while it runs.
std::int64_t wanted_of(const Job& job, const Pool& pool) noexcept;

/// Seconds without cores until `now`.
double waited_until(const Job& job, double now) noexcept;

/// One step of priority is worth this much waiting. Processes that share a table must agree on it.
inline constexpr double kAgingSeconds = 30;

/// Priority with age: what decides who comes first. The difference of two waiting jobs never changes.
double rank_of(const Job& job, double now) noexcept;

/// Who is served first of two that wait.
bool comes_before(const Job& a, const Job& b, double now) noexcept;
/// Who is held up first where somebody has to be.
bool matters_less(const Job& a, const Job& b, double now) noexcept;

/// The pool with this key, or nullptr.
Pool* find_pool(Books& books, std::uint64_t key) noexcept;
Job* find_job(Books& books, std::uint64_t id) noexcept;

}  // namespace basalt::ledger
