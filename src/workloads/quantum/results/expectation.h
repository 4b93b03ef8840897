// Expectation values of Pauli sums.
#pragma once

#include "workloads/quantum/observable.h"
#include "workloads/quantum/results/blocks.h"

namespace basalt::quantum {

/// ⟨ψ|O|ψ⟩ / ⟨ψ|ψ⟩, one pass over the state per Pauli string. Identical for any number of threads.
/// `norm` is ⟨ψ|ψ⟩, measured once for all observables.
double expectation(const StateView& state, const Observable& observable, double norm);

}  // namespace basalt::quantum
