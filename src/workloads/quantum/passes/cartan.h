// Matrices of two qubits as what each qubit does by itself around what they do together.
#pragma once

#include <array>
#include <span>

#include "workloads/quantum/gates.h"

namespace basalt::quantum {

using OneQubitMatrix = std::array<Complex, 4>;

/// matrix = exp(i·phase) · (after[1] ⊗ after[0]) · exp(i·(x·XX + y·YY + z·ZZ)) · (before[1] ⊗ before[0]), where
/// (x, y, z) = angles, in radians within (−π/4, π/4], and number 0 belongs to the less significant qubit.
struct CartanFactors {
  double phase = 0;
  std::array<OneQubitMatrix, 2> before;
  std::array<OneQubitMatrix, 2> after;
  std::array<double, 3> angles{};
};

/// Of a unitary 4×4 matrix, row-major. Every one has such factors: Cartan's KAK decomposition of SU(4), found in the
/// basis of Bell states, where matrices that act on single qubits are real (Kraus and Cirac, Phys. Rev. A 63, 062309).
CartanFactors cartan_factors(std::span<const Complex> matrix);

}  // namespace basalt::quantum
