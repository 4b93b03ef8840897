// Runs the tree of branches of a job on a state, and reads the results off each leaf.
#pragma once

#include <functional>

#include "engine/job.h"
#include "engine/state_place.h"

namespace basalt {

/// The job's opening, planned for a place that holds |0...0⟩.
PlannedCircuit plan_opening_for(Job& job, StatePlace& place);

/// `circuit` is the job's opening, planned for `place`, which holds |0...0⟩. `on_split` is called when states are about
/// to be copied.
void run_tree(Job& job, StatePlace& place, const ReadyCircuit& circuit, const std::function<void()>& on_split);

}  // namespace basalt
