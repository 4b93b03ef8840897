// Writes a state vector to a NumPy file.
#pragma once

#include <string>

#include "workloads/quantum/results/blocks.h"

namespace basalt::quantum {

/// Writes 2^n amplitudes, multiplied by exp(i·global_phase), as a one-dimensional .npy array of <c8 or <c16; index bit
/// k is qubit k, also where the qubits lie otherwise in the field: they are gathered a piece at a time. Written aside
/// and renamed. Throws Error(io), Error(cancelled).
void save_state(const StateView& state, double global_phase, const std::string& path);

}  // namespace basalt::quantum
