// Circuits that are several circuits side by side: no gate connects them, so their states are a product.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/quantum/circuit.h"

namespace basalt::quantum {

/// Which qubits gates have connected so far.
class Connections {
 public:
  explicit Connections(Qubit qubit_count);

  /// Takes in the operations of a circuit.
  void add(const Circuit& circuit);

  /// Sets of connected qubits, those that are alone included.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// The least qubit that this one is connected with.
  [[nodiscard]] Qubit set_of(Qubit qubit) const;

 private:
  void join(Qubit a, Qubit b);

  std::vector<Qubit> parents_;
  std::size_t count_;
};

/// The gates on one set of connected qubits.
struct CircuitPart {
  std::vector<Qubit> qubits;  ///< Increasing: qubit k of the part's circuit is the k-th.
  Circuit circuit;
};

/// By their least qubits. Qubits without a gate are in no part; a phase of everything goes to the first.
std::vector<CircuitPart> split_circuit(const Circuit& circuit);

}  // namespace basalt::quantum
