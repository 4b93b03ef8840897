// Elapsed time on the steady clock.
#pragma once

#include <chrono>

namespace basalt {

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const noexcept { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  /// Seconds so far; starts again from zero.
  double restart() noexcept {
    const double elapsed = seconds();
    start_ = Clock::now();
    return elapsed;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace basalt
