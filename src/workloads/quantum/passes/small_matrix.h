// Products of the small matrices of gates, and what they turn out to be.
#pragma once

#include <cmath>
#include <optional>
#include <span>

#include "workloads/quantum/gates.h"

namespace basalt::quantum {

/// Entries below this are rounding.
inline constexpr double kNegligibleEntry = 1e-15;

inline bool is_negligible_entry(const Complex& entry) noexcept {
  return std::abs(entry.real()) < kNegligibleEntry && std::abs(entry.imag()) < kNegligibleEntry;
}

/// target = later · target; square, row-major, of the same size, at most 64 wide.
void multiply_onto(std::span<const Complex> later, std::span<Complex> target);

/// The number that a multiple of the identity multiplies by, if `matrix` is one up to rounding.
std::optional<Complex> scale_of_identity(std::span<const Complex> matrix);

}  // namespace basalt::quantum
