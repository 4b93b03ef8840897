// The threads of a job. A fixed number of them, never more than the process may use; work is cut into pieces that are
// small enough for a cancel to be seen soon.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "basalt/cancel.h"

namespace basalt {

class Arena {
 public:
  /// `threads` ≥ 1, the caller's included.
  explicit Arena(int threads);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  [[nodiscard]] int threads() const noexcept { return threads_; }

  /// Calls body(i) once for every i in [0, count), on any of the threads, in any order; returns when all have ended.
  /// With one piece or one thread everything runs on the caller, with no thread woken. Once `cancel` is requested no
  /// further piece starts and Error(cancelled) is thrown. The first exception of a body is rethrown.
  void for_each(std::uint64_t count, const CancelToken& cancel, const std::function<void(std::uint64_t)>& body) const;

 private:
  struct Threads;
  int threads_;
  std::unique_ptr<Threads> implementation_;
};

}  // namespace basalt
