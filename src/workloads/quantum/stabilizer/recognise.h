// Which matrices are Clifford, and of which steps they are made.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "workloads/quantum/stabilizer/clifford_step.h"

namespace basalt::quantum {

/// The steps of a unitary (row-major, 2^k wide, k ≤ kMaxGateTargets, qubit 0 least significant) on qubits 0 to k − 1,
/// up to a global phase; nothing where it is not Clifford: where it takes some Pauli string to something that differs
/// from every Pauli string by more than 1e-12 in an entry.
std::optional<std::vector<CliffordStep>> recognise_clifford(std::span<const Complex> matrix);

}  // namespace basalt::quantum
