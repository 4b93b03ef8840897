// Angles as fractions of a turn, in integers.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace basalt::quantum {

/// angle / 2π modulo 1, times 2^64. `angle` is finite, in radians.
inline std::uint64_t turns_of(double angle) noexcept {
  const long double turns = static_cast<long double>(angle) / (2 * std::numbers::pi_v<long double>);
  const long double part = turns - std::floor(turns);
  return part >= 1 ? 0 : static_cast<std::uint64_t>(std::ldexp(part, 64));
}

}  // namespace basalt::quantum
