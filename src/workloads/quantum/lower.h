// Circuit to program: each gate becomes the cheapest kernel that its structure allows.
#pragma once

#include "plan/program.h"
#include "workloads/quantum/circuit.h"

namespace basalt::quantum {

struct LoweredCircuit {
  Program program;
  double global_phase = 0;  ///< Radians, left out of the program: exp(i·phase) times the result.
};

/// Qubit k becomes axis k; all qubits must be below 64.
LoweredCircuit lower(const Circuit& circuit);

}  // namespace basalt::quantum
