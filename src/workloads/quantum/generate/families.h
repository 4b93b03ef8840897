// The families one by one; generate.cpp has their names. Each appends its circuit, drawing what is random in it.
#pragma once

#include <numbers>

#include "workloads/quantum/generate/draws.h"
#include "workloads/quantum/generate/qasm_writer.h"

namespace basalt::quantum {

inline constexpr double kPi = std::numbers::pi;

/// RY and RZ by random angles on every qubit: a start from which no gate after it is trivial.
void write_rotations(QasmWriter& circuit, Draws& draws);

void write_qft(QasmWriter& circuit, Draws& draws);
void write_transpiled_qft(QasmWriter& circuit, Draws& draws);
void write_random_grid(QasmWriter& circuit, Draws& draws);
void write_quantum_volume(QasmWriter& circuit, Draws& draws);
void write_qaoa(QasmWriter& circuit, Draws& draws);
void write_heisenberg(QasmWriter& circuit, Draws& draws);
void write_ising(QasmWriter& circuit, Draws& draws);
void write_ansatz(QasmWriter& circuit, Draws& draws);
void write_ghz(QasmWriter& circuit, Draws& draws);
void write_grover(QasmWriter& circuit, Draws& draws);
void write_bernstein_vazirani(QasmWriter& circuit, Draws& draws);

}  // namespace basalt::quantum
