// Gates to program: each becomes a step of the kernel that its kind names.
#pragma once

#include "plan/program.h"
#include "workloads/quantum/gate_list.h"

namespace basalt::quantum {

struct LoweredCircuit {
  Program program;
  double global_phase = 0;  ///< Radians, left out of the program: exp(i·phase) times the result.
  QubitMap map;             ///< Where the circuit's qubits are in the field after the program.
};

/// Steps "quantum/dense", "quantum/phase" and "quantum/exchange". A SWAP becomes three exchanges. Axis k of the field
/// is qubit k of the list.
LoweredCircuit lower(const GateList& list);

}  // namespace basalt::quantum
