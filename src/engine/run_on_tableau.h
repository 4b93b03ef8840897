// A job whose circuit is Clifford, on a tableau in place of a state.
#pragma once

#include "engine/choose_method.h"
#include "engine/job.h"

namespace basalt {

/// What it will hold, as MemoryEstimate has it: a tableau in place of the state.
MemoryEstimate estimate_tableau(const Request& request, const quantum::Script& script, const CliffordOpening& opening);

/// How many of `most` threads have something to do.
int tableau_threads(const Request& request, const CliffordOpening& opening, quantum::Qubit qubits, int most);

/// Everything that can be refused is refused here, before memory is taken.
void prepare_tableau(Job& job, const CliffordOpening& opening);

/// Once its lease is there. Throws NotClifford where the program goes on with other gates.
void run_on_tableau(Job& job, const CliffordOpening& opening);

}  // namespace basalt
