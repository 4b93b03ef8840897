#include "engine/storage_loss.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace basalt {
namespace {

constexpr double kRightAngle = std::numbers::pi / 2;

/// Of what is `part` of a vector whose norm is `whole` at least.
double angle_of(double part, double whole) noexcept {
  return part < whole ? std::asin(part / whole) : kRightAngle;
}

}  // namespace

StorageLoss::StorageLoss(const std::array<double, 3>& kept) noexcept
    : angle_(kept[0]), least_norm_(kept[1]), most_norm_(kept[2]) {
  const bool makes_sense = angle_ >= 0 && least_norm_ >= 0 && most_norm_ >= least_norm_ && std::isfinite(most_norm_);
  angle_ = makes_sense ? std::min(angle_, kRightAngle) : kRightAngle;
}

void StorageLoss::add(double lost) noexcept {
  if (lost <= 0) {
    return;
  }
  angle_ = std::min(kRightAngle, angle_ + angle_of(lost, least_norm_));
  least_norm_ = std::max(0.0, least_norm_ - lost);
  most_norm_ += lost;
}

void StorageLoss::scale(double factor) noexcept {
  least_norm_ *= factor;
  most_norm_ *= factor;
}

/// The part of the difference that fits the outcome is no longer than all of it, and what it is a part of got shorter.
void StorageLoss::project(double factor) noexcept {
  least_norm_ = std::min(1.0, least_norm_);
  most_norm_ = std::max(1.0, most_norm_);
  angle_ = angle_of(std::sin(angle_) * most_norm_ * factor, 1);
}

double StorageLoss::fidelity() const noexcept {
  const double cosine = angle_ < kRightAngle ? std::cos(angle_) : 0;
  return cosine * cosine;
}

double StorageLoss::norm_slack() const noexcept {
  return std::max(most_norm_ * most_norm_ - 1, 1 - least_norm_ * least_norm_);
}

}  // namespace basalt
