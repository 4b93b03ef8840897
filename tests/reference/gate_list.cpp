#include "reference/gate_list.h"

#include <bit>
#include <cmath>

namespace basalt::reference {
namespace {

using quantum::Gate;
using quantum::GateKind;
using quantum::GateList;

std::vector<Control> controls_of(const quantum::ControlMask& control) {
  std::vector<Control> result;
  for (Qubit qubit = 0; qubit < 64; ++qubit) {
    if ((control.mask >> qubit & 1) != 0) {
      result.push_back({qubit, (control.value >> qubit & 1) != 0});
    }
  }
  return result;
}

void apply_phase(State& state, const quantum::PhaseTerm& term) {
  for (std::uint64_t index = 0; index < state.size(); ++index) {
    const bool odd = std::popcount(index & term.mask) % 2 != 0;
    const bool selected = term.parity ? odd : (index & term.mask) == term.value;
    if (selected) {
      state[index] *= std::polar(1.0, term.angle);
    }
  }
}

void apply_gate(State& state, const GateList& list, const Gate& gate) {
  const std::vector<Qubit> targets(gate.targets.begin(), gate.targets.begin() + gate.target_count);
  const auto controls = controls_of(gate.control);
  switch (gate.kind) {
    case GateKind::dense:
      apply_matrix(state, list.matrix(gate), controls, targets);
      break;
    case GateKind::phase:
      apply_phase(state, gate.phase);
      break;
    case GateKind::exchange:
      apply_matrix(state, quantum::gate_matrix(quantum::GateId::x, {}), controls, targets);
      break;
    case GateKind::swap:
      apply_matrix(state, quantum::gate_matrix(quantum::GateId::swap, {}), controls, targets);
      break;
  }
}

}  // namespace

void apply(State& state, const GateList& list) {
  for (const Gate& gate : list.gates) {
    apply_gate(state, list, gate);
  }
  State moved(state.size());
  for (std::uint64_t basis = 0; basis < state.size(); ++basis) {
    std::uint64_t index = 0;
    for (Qubit qubit = 0; qubit < list.qubit_count; ++qubit) {
      const std::uint64_t axis = list.map.axis.empty() ? qubit : list.map.axis[qubit];
      const std::uint64_t value = basis >> qubit & 1;
      index |= (value ^ (list.map.flipped >> axis & 1)) << axis;
    }
    moved[basis] = state[index] * std::polar(1.0, list.global_phase);
  }
  state = moved;
}

std::vector<Complex> seen(const State& state, std::uint64_t wanted_qubits, bool phases_matter) {
  const std::uint64_t wanted = wanted_qubits & (state.size() - 1);
  std::vector<Complex> density(state.size() * state.size());
  for (std::uint64_t row = 0; row < state.size(); ++row) {
    for (std::uint64_t column = 0; column < state.size(); ++column) {
      const bool same_environment = (row & ~wanted) == (column & ~wanted);
      if (same_environment && (phases_matter || row == column)) {
        density[(row & wanted) * state.size() + (column & wanted)] += state[row] * std::conj(state[column]);
      }
    }
  }
  return density;
}

}  // namespace basalt::reference
