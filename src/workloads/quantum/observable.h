// Observables: real sums of Pauli strings, and how they are written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/quantum/circuit.h"

namespace basalt::quantum {

/// coefficient · Π X, Y, Z. A qubit in both masks carries Y.
struct PauliTerm {
  double coefficient = 1;
  std::uint64_t x_mask = 0;
  std::uint64_t z_mask = 0;
};

struct Observable {
  std::string name;  ///< As written: the key of the result.
  std::vector<PauliTerm> terms;
};

/// The same without masks, over any number of qubits.
struct PauliFactor {
  Qubit qubit = 0;
  bool x = false;
  bool z = false;  ///< With x: Y.
};

struct PauliProduct {
  double coefficient = 1;
  std::vector<PauliFactor> factors;  ///< On distinct qubits.
};

struct PauliSum {
  std::string name;
  std::vector<PauliProduct> terms;
};

/// Reads "0.5*Z0*Z1 + X3 - 2": terms joined by + and −; a term is an optional number and factors I, X0, Y1, Z2 …,
/// joined by * or blanks. Each qubit at most once per term, below `qubit_count`. Throws Error(bad_usage) with a caret.
PauliSum parse_pauli_sum(const std::string& text, Qubit qubit_count);

/// Reads them from a file: one a line; a line that begins with + or − continues the one before; '#' starts a comment.
/// Throws Error(bad_input) naming file and line.
std::vector<PauliSum> read_pauli_sums(const std::string& path, Qubit qubit_count);

/// Qubits must be below 64.
Observable masks_of(const PauliSum& sum);

/// Of at most 64 qubits.
Observable parse_observable(const std::string& text, Qubit qubit_count);

}  // namespace basalt::quantum
