// When checkpoints are written: often enough, and at little cost.
#pragma once

#include <algorithm>
#include <optional>

namespace basalt {

/// Times are seconds since the run began.
class CheckpointSchedule {
 public:
  static constexpr double kDefaultSeconds = 60;
  static constexpr double kMostShare = 0.05;  ///< Of the run's time, unless the interval was asked for.

  explicit CheckpointSchedule(std::optional<double> every_seconds) : every_seconds_(every_seconds) {}

  [[nodiscard]] bool is_due(double now) const noexcept { return now - last_ >= interval_seconds(); }

  /// Whether one that is predicted to take so long is written now. If not, it is due once it is worth that.
  [[nodiscard]] bool accepts(double now, double predicted_seconds) noexcept {
    cost_seconds_ = predicted_seconds;
    return is_due(now);
  }

  void note_written(double now, double seconds) noexcept {
    last_ = now;
    cost_seconds_ = seconds;
  }

  [[nodiscard]] double interval_seconds() const noexcept {
    return every_seconds_ ? *every_seconds_ : std::max(kDefaultSeconds, cost_seconds_ / kMostShare);
  }

  /// Whether it is known what one costs.
  [[nodiscard]] bool knows_cost() const noexcept { return cost_seconds_ > 0; }

 private:
  std::optional<double> every_seconds_;
  double last_ = 0;          ///< When the latest was written, or the run began.
  double cost_seconds_ = 0;  ///< Of the latest; 0: there was none.
};

}  // namespace basalt
