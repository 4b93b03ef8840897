// Expectation values of Pauli sums.
#pragma once

#include <span>
#include <vector>

#include "workloads/quantum/observable.h"
#include "workloads/quantum/results/blocks.h"
#include "workloads/quantum/results/pauli_strings.h"

namespace basalt::quantum {

/// ⟨ψ|O|ψ⟩ / ⟨ψ|ψ⟩ of each observable, in as few passes over the state as their strings allow: all that are diagonal,
/// and those whose flips lie close together, in one. `norm` is ⟨ψ|ψ⟩. Identical for any number of threads.
std::vector<double> expectations(const StateView& state, std::span<const Observable> observables, double norm);

/// ⟨ψ|P|ψ⟩ of each of some distinct strings over the axes of the field, none of them all I.
std::vector<double> string_sums(const StateView& state, std::span<const PauliString> strings);

}  // namespace basalt::quantum
