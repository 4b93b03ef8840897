// GateList: a circuit as the passes see it. Every gate is one of three kinds, by what it does to amplitudes, so that a
// pass needs no table of gates: a matrix that mixes its targets, a phase that depends on the basis state, or an
// exchange of amplitudes. Made by list_gates(), changed by passes/, turned into a program by lower().
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "workloads/quantum/circuit.h"
#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/qubit_map.h"

namespace basalt::quantum {

enum class GateKind : std::uint8_t {
  dense,     ///< `matrix` on `targets`, where `control` holds.
  phase,     ///< `phase` alone.
  exchange,  ///< X on one target where `control` holds.
  swap,      ///< SWAP of two targets where `control` holds; a pass makes those without control entries of the map.
};

struct Gate {
  GateKind kind = GateKind::dense;
  std::uint8_t target_count = 0;
  std::array<std::uint8_t, kMaxGateTargets> targets{};  ///< Ascending.
  ControlMask control;                                  ///< Of dense and exchange; never includes a target.
  PhaseTerm phase;
  std::vector<Complex> matrix;  ///< Of dense: row-major, targets[0] least significant.
};

struct GateList {
  Qubit qubit_count = 0;
  std::vector<Gate> gates;
  double global_phase = 0;  ///< Radians: exp(i·phase) times what the gates give.
  QubitMap map;  ///< Where the circuit's qubits are after the last gate. Before the first: qubit q is axis q.
};

/// Gate by gate, in order; nothing is optimised. Qubits must be below 64.
GateList list_gates(const Circuit& circuit);

}  // namespace basalt::quantum
