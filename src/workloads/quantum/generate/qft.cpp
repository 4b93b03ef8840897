// The quantum Fourier transform, with qubit 0 least significant on both sides: |x⟩ becomes Σ_y exp(2πi·xy/2^n) |y⟩.
#include "workloads/quantum/generate/families.h"

namespace basalt::quantum {
namespace {

void write_phase(QasmWriter& circuit, std::uint32_t halvings, std::uint32_t control, std::uint32_t target) {
  circuit.turn("cu1", 1, halvings, {control, target});
}

/// The same up to a global phase.
void write_transpiled_phase(QasmWriter& circuit, std::uint32_t halvings, std::uint32_t control, std::uint32_t target) {
  circuit.turn("rz", 1, halvings + 1, {control});
  circuit.gate("cx", {control, target});
  circuit.turn("rz", -1, halvings + 1, {target});
  circuit.gate("cx", {control, target});
  circuit.turn("rz", 1, halvings + 1, {target});
}

void write_swap(QasmWriter& circuit, std::uint32_t a, std::uint32_t b) {
  circuit.gate("swap", {a, b});
}

void write_transpiled_swap(QasmWriter& circuit, std::uint32_t a, std::uint32_t b) {
  circuit.gate("cx", {a, b});
  circuit.gate("cx", {b, a});
  circuit.gate("cx", {a, b});
}

template <typename WritePhase, typename WriteSwap>
void write_transform(QasmWriter& circuit, WritePhase phase, WriteSwap swap) {
  const std::uint32_t qubits = circuit.qubits();
  for (std::uint32_t target = qubits; target-- > 0;) {
    circuit.gate("h", {target});
    for (std::uint32_t control = target; control-- > 0;) {
      phase(circuit, target - control, control, target);
    }
  }
  for (std::uint32_t low = 0; low < qubits / 2; ++low) {
    swap(circuit, low, qubits - 1 - low);
  }
}

}  // namespace

void write_qft(QasmWriter& circuit, Draws& draws) {
  write_rotations(circuit, draws);
  write_transform(circuit, write_phase, write_swap);
}

void write_transpiled_qft(QasmWriter& circuit, Draws& draws) {
  write_rotations(circuit, draws);
  write_transform(circuit, write_transpiled_phase, write_transpiled_swap);
}

}  // namespace basalt::quantum
