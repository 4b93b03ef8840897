// Gate lists applied slowly and obviously, as the oracle of the passes and of lowering.
#pragma once

#include "reference/state.h"
#include "workloads/quantum/gate_list.h"

namespace basalt::reference {

/// Applies the gates in order, then the global phase, then puts amplitudes where the list's map says that the qubits
/// are: the result is in the order of the circuit's qubits.
void apply(State& state, const quantum::GateList& list);

/// What of a state can be seen of the wanted qubits: their density matrix (row-major over their basis states), or only
/// its diagonal.
std::vector<Complex> seen(const State& state, std::uint64_t wanted_qubits, bool phases_matter);

}  // namespace basalt::reference
