// Layers of rotations and of CX: a hardware-efficient ansatz, and the start of other families.
#include "workloads/quantum/generate/families.h"

namespace basalt::quantum {

void write_rotations(QasmWriter& circuit, Draws& draws) {
  for (const char* const axis : {"ry", "rz"}) {
    for (std::uint32_t qubit = 0; qubit < circuit.qubits(); ++qubit) {
      circuit.gate(axis, {2 * kPi * draws.uniform()}, {qubit});
    }
  }
}

void write_ansatz(QasmWriter& circuit, Draws& draws) {
  constexpr int kLayers = 10;
  for (int layer = 0; layer < kLayers; ++layer) {
    write_rotations(circuit, draws);
    for (std::uint32_t qubit = 0; qubit < circuit.qubits(); ++qubit) {
      circuit.gate("cx", {qubit, (qubit + 1) % circuit.qubits()});
    }
  }
}

void write_ghz(QasmWriter& circuit, Draws& /*draws*/) {
  circuit.gate("h", {0});
  for (std::uint32_t qubit = 1; qubit < circuit.qubits(); ++qubit) {
    circuit.gate("cx", {qubit - 1, qubit});
  }
}

}  // namespace basalt::quantum
