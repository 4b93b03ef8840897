// The single passes, one file each.
#pragma once

#include "workloads/quantum/gate_list.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt::quantum {

/// Drops gates outside of the light cone of the wanted qubits, and where only measured outcomes are looked at, phases
/// and controls that no later gate turns into anything that can be seen.
void drop_unseen(GateList& list, const PassOptions& options);

}  // namespace basalt::quantum
