// Angles of phases: which are the same, and which are nothing.
#pragma once

#include <cmath>
#include <numbers>

namespace basalt::quantum {

/// A phase below this is rounding: eight times the last bit of a double near 1.
inline constexpr double kNegligibleAngle = 2e-15;

/// The same angle within about (−π, π]. Two parts of 2π, so that large angles lose no more than they must.
inline double reduce_angle(double angle) noexcept {
  constexpr double kTurn = 2 * std::numbers::pi;
  constexpr double kTurnRest = 2.4492935982947064e-16;  // 2π − kTurn
  if (std::abs(angle) <= std::numbers::pi) {
    return angle;
  }
  const double turns = std::round(angle / kTurn);
  return std::fma(-turns, kTurnRest, std::fma(-turns, kTurn, angle));
}

inline bool is_negligible(double reduced_angle) noexcept {
  return std::abs(reduced_angle) < kNegligibleAngle;
}

}  // namespace basalt::quantum
