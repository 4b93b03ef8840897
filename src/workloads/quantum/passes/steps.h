// The single passes, one file each.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/quantum/gate_list.h"
#include "workloads/quantum/passes/passes.h"

namespace basalt::quantum {

/// Drops gates outside of the light cone of the wanted qubits, and where only measured outcomes are looked at, phases
/// and controls that no later gate turns into anything that can be seen.
void drop_unseen(GateList& list, const PassOptions& options);

/// Runs of gates on one qubit become one matrix; what turns out to be a phase or an X becomes that.
void merge_runs(GateList& list, const PassOptions& options);

/// Matrices become phases, a real matrix or a permutation, and phases, where they are such a product.
void take_out_phases(GateList& list, const PassOptions& options);

/// SWAP and X without controls become entries of the map; later gates change places and signs instead. A CX whose
/// control must be 0 becomes one whose control must be 1.
void rename_qubits(GateList& list, const PassOptions& options);

/// CX around phases cancel, for the phases between them become phases of parities; three CX become a SWAP.
void fold_ladders(GateList& list, const PassOptions& options);

/// Gates that undo one another vanish, gates that act alike become one, through all that commutes with them.
void cancel_inverses(GateList& list, const PassOptions& options);

/// Exchanges between two Hadamard gates on their target become phases of π, and such phases exchanges.
void conjugate_hadamards(GateList& list, const PassOptions& options);

/// Controlled X before and after a phase of π that looks at their target vanish for one more phase of π.
void peel_exchanges(GateList& list, const PassOptions& options);

/// Runs of gates on the same two qubits become one matrix where that is less arithmetic.
void merge_pairs(GateList& list, const PassOptions& options);

/// Matrices of two qubits become an interaction, as phases and real rotations, between matrices of one qubit.
void split_pairs(GateList& list, const PassOptions& options);

/// Phases of parities of two qubits become phases of both being 1 where that leaves fewer phases.
void pair_phases(GateList& list, const PassOptions& options);

/// Drops the gates whose entry in `gone` is not 0.
void remove_gates(GateList& list, const std::vector<std::uint8_t>& gone);

}  // namespace basalt::quantum
