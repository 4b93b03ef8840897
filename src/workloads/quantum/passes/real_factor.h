// Matrices as a diagonal times a real matrix times a diagonal.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "workloads/quantum/gates.h"

namespace basalt::quantum {

/// The widest matrix that is looked at: two targets.
inline constexpr std::size_t kMostFactorWidth = 4;

/// matrix[r][c] = exp(i·rows[r]) · real[r][c] · exp(i·columns[c]), row-major.
struct RealFactor {
  std::array<double, kMostFactorWidth> rows{};
  std::array<double, kMostFactorWidth> columns{};
  std::array<double, kMostFactorWidth * kMostFactorWidth> real{};
};

/// Of a unitary 2×2 matrix, which always has one; no entry may be 0. A matrix whose entries are equally large becomes
/// the Hadamard matrix, so that it is recognised.
RealFactor real_factor_of_one(std::span<const Complex> matrix);

/// Of a 4×4 matrix, which may have none. A hopping or an interaction between two qubits turns one of them: the low one
/// where `turn_low`. Turning the same qubit in all of them lets their phases cancel.
std::optional<RealFactor> real_factor_of_two(std::span<const Complex> matrix, bool turn_low);

}  // namespace basalt::quantum
