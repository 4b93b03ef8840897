// Qubits back where the circuit has them.
#pragma once

#include "workloads/quantum/gate_list.h"

namespace basalt {

/// Appends the gates that bring every qubit back to its own axis and value, and empties the map: as few exchanges as
/// flips, and one swap less than there are qubits in each cycle of the renaming.
void undo_renaming(quantum::GateList& list);

}  // namespace basalt
