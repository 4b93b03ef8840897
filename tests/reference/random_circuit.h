// Random circuits for property tests, and their text in both languages.
#pragma once

#include <cstdint>
#include <string>

#include "workloads/quantum/circuit.h"

namespace basalt::reference {

/// Which gates a random circuit may use.
enum class GateSet : std::uint8_t {
  all,       ///< Every row of the table, explicit matrices, up to three positive and negative controls.
  stdgates,  ///< What OpenQASM 3 can write with stdgates.inc and modifiers.
  qelib1,    ///< What OpenQASM 2 can write with qelib1.inc.
};

quantum::Circuit random_circuit(int qubits, int gates, std::uint64_t seed, GateSet gate_set = GateSet::all);

/// The circuit as an OpenQASM 3 program on `qubit[n] q`; only for circuits of GateSet::stdgates.
std::string to_qasm3(const quantum::Circuit& circuit);

/// The circuit as an OpenQASM 2 program on `qreg q[n]`; only for circuits of GateSet::qelib1.
std::string to_qasm2(const quantum::Circuit& circuit);

/// A random unitary of the given width, row-major.
std::vector<quantum::Complex> random_unitary(int targets, std::uint64_t seed);

}  // namespace basalt::reference
