// Evolution of magnets in time, in Trotter steps of first order.
#include <vector>

#include "workloads/quantum/generate/families.h"
#include "workloads/quantum/generate/grid.h"

namespace basalt::quantum {
namespace {

constexpr int kHeisenbergSteps = 4;
constexpr int kIsingSteps = 5;
constexpr double kStepAngle = 0.2;

/// qelib1.inc has no ryy: Y is X turned by S.
void write_ryy(QasmWriter& circuit, double angle, std::uint32_t a, std::uint32_t b) {
  circuit.gate("sdg", {a});
  circuit.gate("sdg", {b});
  circuit.gate("rxx", {angle}, {a, b});
  circuit.gate("s", {a});
  circuit.gate("s", {b});
}

void write_heisenberg_bond(QasmWriter& circuit, std::uint32_t a, std::uint32_t b) {
  circuit.gate("rxx", {kStepAngle}, {a, b});
  write_ryy(circuit, kStepAngle, a, b);
  circuit.gate("rzz", {kStepAngle}, {a, b});
}

std::vector<double> draw_fields(std::uint32_t qubits, Draws& draws) {
  std::vector<double> fields(qubits);
  for (double& field : fields) {
    field = 2 * kStepAngle * draws.uniform();
  }
  return fields;
}

}  // namespace

void write_heisenberg(QasmWriter& circuit, Draws& draws) {
  write_rotations(circuit, draws);
  const std::uint32_t qubits = circuit.qubits();
  const std::vector<double> fields = draw_fields(qubits, draws);
  for (int step = 0; step < kHeisenbergSteps; ++step) {
    for (const std::uint32_t first : {0U, 1U}) {  // bonds that share no qubit, then the others
      for (std::uint32_t qubit = first; qubit < qubits; qubit += 2) {
        write_heisenberg_bond(circuit, qubit, (qubit + 1) % qubits);
      }
    }
    for (std::uint32_t qubit = 0; qubit < qubits; ++qubit) {
      circuit.gate("rz", {fields[qubit]}, {qubit});
    }
  }
}

void write_ising(QasmWriter& circuit, Draws& draws) {
  write_rotations(circuit, draws);
  const std::vector<double> fields = draw_fields(circuit.qubits(), draws);
  const Grid grid(circuit.qubits());
  for (int step = 0; step < kIsingSteps; ++step) {
    for (const auto& bonds : {grid.horizontal(0), grid.horizontal(1), grid.vertical(0), grid.vertical(1)}) {
      for (const auto& [a, b] : bonds) {
        circuit.gate("rzz", {kStepAngle}, {a, b});
      }
    }
    for (std::uint32_t qubit = 0; qubit < circuit.qubits(); ++qubit) {
      circuit.gate("rx", {fields[qubit]}, {qubit});
    }
  }
}

}  // namespace basalt::quantum
