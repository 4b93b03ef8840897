// Operands of the quantum kernels: all that an operation is, independent of instruction set and precision. The kernels
// derive whatever their vectors need from it.
//
// Axis k of the field is qubit k. Masks have bit k set for axis k. Matrices are row-major over the basis states of
// `targets`, targets[0] least significant, always in f64 and converted by the kernel.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace basalt::quantum {

/// Acts where (index & mask) == value; `value` is a subset of `mask`. Never includes a target.
struct ControlMask {
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
};

/// "quantum/dense": any unitary on 1 to 6 targets. targets[] ascending.
struct DenseOperands {
  ControlMask control;
  std::uint8_t target_count = 0;
  std::array<std::uint8_t, 6> targets{};
  bool real = false;  ///< Every entry of the matrix is real: half the arithmetic.
  std::vector<std::complex<double>> matrix;
};

/// Whether a matrix over two targets is real and combines only 00 with 11 and 01 with 10: two rotations, as an
/// interaction of two qubits is but for phases.
inline bool couples_by_parity(std::span<const std::complex<double>> matrix) noexcept {
  constexpr std::uint32_t kPlaces = 1 << 0 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 12 | 1 << 15;
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    if (matrix[i].imag() != 0 || ((kPlaces >> i & 1) == 0 && matrix[i].real() != 0)) {
      return false;
    }
  }
  return matrix.size() == 16;
}

/// "quantum/exchange": for every index with (index & control.mask) == control.value, swaps the amplitudes at index
/// and index ^ flip. `flip` must intersect `control.mask` (so that no pair is met twice): X on t with controls c is
/// mask = c|t, value = c, flip = t; SWAP(a,b) is mask = a|b, value = a, flip = a|b.
struct ExchangeOperands {
  ControlMask control;
  std::uint64_t flip = 0;
};

/// "quantum/phase": multiplies by exp(i·angle) the amplitudes that are selected: those with (index & mask) == value,
/// or, as a parity, those for which an odd number of the bits of `mask` is set. The term of a diagonal gate or of a
/// whole ladder of CX around an RZ.
struct PhaseTerm {
  std::uint64_t mask = 0;   ///< Not 0.
  std::uint64_t value = 0;  ///< Subset of `mask`; 0 for a parity.
  double angle = 0;         ///< Radians.
  bool parity = false;
};

/// "quantum/collapse": keeps amplitudes with (index & keep.mask) == keep.value, times `scale`; the others become 0.
struct CollapseOperands {
  ControlMask keep;
  double scale = 1;
};

}  // namespace basalt::quantum
