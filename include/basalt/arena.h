// The threads of a job. Never more of them than the process may use; work is cut into pieces that are small enough for
// a cancel, and for a change of the limit, to be seen soon. Loops over ranges and sums are in basalt/parallel.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "basalt/cancel.h"

namespace basalt {

struct ArenaSettings {
  int threads = 1;  ///< At first, the caller's included; `set_limit` changes it. Less than 1 counts as 1.
  /// Processors (numbers of the system) that the threads are pinned to in turn; none: wherever the constructing thread
  /// may run. The first is the caller's, who is not touched: it may pin itself with ThreadPin.
  std::vector<int> processors;
};

class Arena {
 public:
  /// `threads`, the caller's included. Throws Error(out_of_resources) if the system refuses one.
  explicit Arena(int threads) : Arena(ArenaSettings{.threads = threads, .processors = {}}) {}
  /// Throws also Error(bad_usage) for a processor that this process may not use.
  explicit Arena(const ArenaSettings& settings);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// How many threads take part in a loop at most, the caller's included.
  [[nodiscard]] int threads() const noexcept;

  /// Changes that, from any thread, inside a loop too: threads beyond the limit leave a running loop after their piece
  /// and sleep; new ones join it. Less than 1 counts as 1. Throws Error(out_of_resources) if the system refuses a
  /// thread; the limit is then as before.
  void set_limit(int threads);

  /// Calls body(i) once for every i in [0, count), on any of the threads, in any order; returns when all have ended.
  /// With one piece or one thread everything runs on the caller, with no thread woken. Once `cancel` is requested no
  /// further piece starts and Error(cancelled) is thrown. The first exception of a body is rethrown. Callers from
  /// several threads take turns, loop by loop: the longest waiting first, but see PriorityScope. A loop inside a body
  /// runs on that body's thread alone.
  void for_each(std::uint64_t count, const CancelToken& cancel, const std::function<void(std::uint64_t)>& body) const;

  /// Callers that wait for their turn now.
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Threads;
  std::unique_ptr<Threads> implementation_;
};

/// While it lives, loops that the calling thread starts have `priority` (0 without a scope) where several callers wait
/// for one arena. The higher one goes first, but a caller that was passed over p times goes before any that comes then
/// with a priority at most p higher: nobody waits forever.
class PriorityScope {
 public:
  explicit PriorityScope(int priority) noexcept;
  ~PriorityScope();
  PriorityScope(const PriorityScope&) = delete;
  PriorityScope& operator=(const PriorityScope&) = delete;

 private:
  int before_;
};

/// Keeps the calling thread on one processor until destroyed, by the same thread.
class ThreadPin {
 public:
  /// Throws Error(bad_usage) if this process may not use that processor.
  explicit ThreadPin(int processor);
  ~ThreadPin();
  ThreadPin(const ThreadPin&) = delete;
  ThreadPin& operator=(const ThreadPin&) = delete;

 private:
  std::vector<int> before_;
};

}  // namespace basalt
