// Where the qubits of a circuit lie in its field once passes have renamed them instead of moving amplitudes.
#pragma once

#include <cstdint>
#include <vector>

namespace basalt::quantum {

/// Qubit q of the circuit is bit `axis[q]` of an element's index, inverted where `flipped` has that axis.
struct QubitMap {
  std::vector<std::uint8_t> axis;  ///< A permutation of 0 ... qubits−1; empty: qubit q is axis q.
  std::uint64_t flipped = 0;       ///< Bit k: axis k holds the opposite of its qubit's value.
};

}  // namespace basalt::quantum
