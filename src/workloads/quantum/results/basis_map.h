// Indices in a field and basis states, many of them: what a QubitMap says, as tables.
#pragma once

#include "workloads/quantum/qubit_map.h"
#include "workloads/quantum/results/bit_scatter.h"

namespace basalt::quantum {

/// Whose amplitude lies at an index of a field of 2^axes elements.
inline BitScatter basis_of_index(const QubitMap& map, int axes) {
  std::vector<std::uint64_t> qubits(static_cast<std::size_t>(axes));
  for (std::uint64_t qubit = 0; qubit < qubits.size(); ++qubit) {
    qubits[map.axis_of(qubit)] = std::uint64_t{1} << qubit;
  }
  return BitScatter(qubits, map.basis_of(0));
}

/// Axes of the qubits, as bits of an index in the field.
inline std::vector<std::uint64_t> axes_of_qubits(const QubitMap& map, int axes) {
  std::vector<std::uint64_t> bits(static_cast<std::size_t>(axes));
  for (std::size_t qubit = 0; qubit < bits.size(); ++qubit) {
    bits[qubit] = std::uint64_t{1} << map.axis_of(qubit);
  }
  return bits;
}

/// Where the amplitude of a basis state lies.
inline BitScatter index_of_basis(const QubitMap& map, int axes) {
  return BitScatter(axes_of_qubits(map, axes), map.flipped);
}

}  // namespace basalt::quantum
