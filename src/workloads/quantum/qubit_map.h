// Where the qubits of a circuit lie in its field once passes have renamed them instead of moving amplitudes.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace basalt::quantum {

/// Qubit q of the circuit is bit `axis[q]` of an element's index, inverted where `flipped` has that axis.
struct QubitMap {
  std::vector<std::uint8_t> axis;  ///< A permutation of 0 ... qubits−1; empty: qubit q is axis q.
  std::uint64_t flipped = 0;       ///< Bit k: axis k holds the opposite of its qubit's value.

  [[nodiscard]] std::uint64_t axis_of(std::uint64_t qubit) const noexcept { return axis.empty() ? qubit : axis[qubit]; }

  /// What `map` says, or that qubit q is axis q where it is null.
  static const QubitMap& or_identity(const QubitMap* map) noexcept {
    static const QubitMap identity;
    return map == nullptr ? identity : *map;
  }

  /// The axes of these qubits: bit q of `qubits` moves to bit axis_of(q).
  [[nodiscard]] std::uint64_t axis_mask(std::uint64_t qubits) const noexcept {
    if (axis.empty()) {
      return qubits;
    }
    std::uint64_t axes = 0;
    for (; qubits != 0; qubits &= qubits - 1) {
      axes |= std::uint64_t{1} << axis[static_cast<std::size_t>(std::countr_zero(qubits))];
    }
    return axes;
  }

  /// Where the amplitude of a basis state lies, bit q of which is qubit q.
  [[nodiscard]] std::uint64_t index_of(std::uint64_t basis) const noexcept { return axis_mask(basis) ^ flipped; }

  /// Whose amplitude lies at an index.
  [[nodiscard]] std::uint64_t basis_of(std::uint64_t index) const noexcept {
    index ^= flipped;
    if (axis.empty()) {
      return index;
    }
    std::uint64_t basis = 0;
    for (std::size_t qubit = 0; qubit < axis.size(); ++qubit) {
      basis |= ((index >> axis[qubit]) & 1) << qubit;
    }
    return basis;
  }
};

}  // namespace basalt::quantum
