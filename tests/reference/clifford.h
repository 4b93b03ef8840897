// Random Clifford circuits, and what measuring in the middle of them can give, slowly and obviously.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "reference/state.h"
#include "workloads/quantum/stabilizer/clifford_step.h"

namespace basalt::reference {

/// Clifford gates in every dress that the gate table has for them: by name, with angles, controlled from 0 or 1, and as
/// matrices with a global phase.
Circuit random_clifford_circuit(int qubits, int gates, std::uint64_t seed);

/// Steps with measurements and resets among them; outcomes are numbered from 0 as they come.
std::vector<quantum::CliffordStep> random_clifford_steps(int qubits, int steps, std::uint64_t seed);

/// Applies a unitary step.
void apply(State& state, const quantum::CliffordStep& step);

/// One way that the measurements of some steps can end.
struct History {
  State state;
  double probability = 1;
};

/// All of them with a probability above 0, by their outcomes.
std::map<std::vector<bool>, History> histories(int qubits, std::span<const quantum::CliffordStep> steps);

}  // namespace basalt::reference
