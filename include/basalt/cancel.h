// How long work is asked to stop. Set from a signal handler or another thread, read at chunk boundaries.
#pragma once

#include <atomic>

#include "basalt/error.h"

namespace basalt {

/// A flag that goes from "go on" to "stop". Setting it is async-signal-safe.
class CancelToken {
 public:
  CancelToken() = default;
  /// Of a part of a job that must at times not be stopped: requested where `whole` is, but while that is held back.
  explicit CancelToken(const CancelToken* whole) : whole_(whole) {}

  void request() noexcept { requested_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool requested() const noexcept {
    return requested_.load(std::memory_order_relaxed) ||
           (whole_ != nullptr && !held_back_.load(std::memory_order_relaxed) && whole_->requested());
  }

  /// Until it is called with false, requests of the whole are not seen.
  void hold_back(bool held) noexcept { held_back_.store(held, std::memory_order_relaxed); }

  /// Throws Error(cancelled) once a stop was requested.
  void check() const {
    if (requested()) {
      throw Error(ErrorCode::cancelled, "cancelled");
    }
  }

 private:
  std::atomic<bool> requested_{false};
  std::atomic<bool> held_back_{false};
  const CancelToken* whole_ = nullptr;
  static_assert(std::atomic<bool>::is_always_lock_free);
};

}  // namespace basalt
