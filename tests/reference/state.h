// The oracle: slow, obvious code that a reader can check by eye. Plain loops over all basis states, always in f64.
// Bit k of a basis state's index is qubit k.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/quantum/circuit.h"

namespace basalt::reference {

using quantum::Circuit;
using quantum::Complex;
using quantum::Control;
using quantum::Qubit;

using State = std::vector<Complex>;

/// |0...0⟩ of `qubits` qubits.
State zero_state(int qubits);

/// A normalised state with pseudo-random amplitudes, the same for the same seed on every machine.
State random_state(int qubits, std::uint64_t seed);

/// Applies a matrix (row-major, 2^targets wide, targets[0] least significant; 1×1 without targets) where all controls
/// hold.
void apply_matrix(State& state, std::span<const Complex> matrix, std::span<const Control> controls,
                  std::span<const Qubit> targets);

/// Applies every operation of the circuit in order.
void apply(State& state, const Circuit& circuit);

/// The whole circuit as one matrix, row-major, 2^n × 2^n.
std::vector<Complex> circuit_matrix(const Circuit& circuit);

/// Σ |a_i|².
double norm(const State& state);

/// The probability that measuring `qubits` gives `outcome` (bit j of it being qubits[j]).
double probability(const State& state, std::span<const Qubit> qubits, std::uint64_t outcome);

/// All probabilities of measuring `qubits`: 2^qubits entries, indexed as in `probability`.
std::vector<double> probabilities(const State& state, std::span<const Qubit> qubits);

/// Projects onto the outcome and renormalises; the outcome must be possible.
void collapse(State& state, std::span<const Qubit> qubits, std::uint64_t outcome);

/// ⟨state| P |state⟩ for the Pauli string with X where only x_mask has the bit, Z where only z_mask, Y where both.
Complex pauli_expectation(const State& state, std::uint64_t x_mask, std::uint64_t z_mask);

/// |⟨a|b⟩|² / (⟨a|a⟩⟨b|b⟩): 1 when the two are the same up to a global phase.
double fidelity(const State& a, const State& b);

/// The largest |a_i − b_i|.
double max_difference(std::span<const Complex> a, std::span<const Complex> b);

/// The same after turning `b` by the global phase that fits best.
double max_difference_up_to_phase(std::span<const Complex> a, std::span<const Complex> b);

}  // namespace basalt::reference
