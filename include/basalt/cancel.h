// How long work is asked to stop. Set from a signal handler or another thread, read at chunk boundaries.
#pragma once

#include <atomic>

#include "basalt/error.h"

namespace basalt {

/// A flag that only ever goes from "go on" to "stop". Setting it is async-signal-safe.
class CancelToken {
 public:
  void request() noexcept { requested_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool requested() const noexcept { return requested_.load(std::memory_order_relaxed); }

  /// Throws Error(cancelled) once a stop was requested.
  void check() const {
    if (requested()) {
      throw Error(ErrorCode::cancelled, "cancelled");
    }
  }

 private:
  std::atomic<bool> requested_{false};
  static_assert(std::atomic<bool>::is_always_lock_free);
};

}  // namespace basalt
