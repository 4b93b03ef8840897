// A circuit with its measurements and resets left in, and with gates that outcomes decide on: what the machine hands to
// methods that take them in their stride.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "workloads/quantum/circuit.h"

namespace basalt::quantum {

inline constexpr std::uint32_t kResets = 0xFFFFFFFF;

enum class Pauli : std::uint8_t { none, x, y, z };

/// A measurement, or a reset, among the operations of a circuit; or a Pauli gate that an outcome decides on.
struct Recording {
  std::size_t before = 0;  ///< The operation of the circuit that it comes before.
  Qubit qubit = 0;
  std::uint32_t record = kResets;  ///< Number of the outcome; kResets: nothing is kept, and the qubit is 0 after it.
  Pauli correction = Pauli::none;  ///< Else no measurement: this gate, where the outcome of `record` is 1.
};

struct RecordedCircuit {
  Circuit circuit;
  std::vector<Recording> recordings;  ///< In order.
};

}  // namespace basalt::quantum
