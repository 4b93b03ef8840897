// A stabilizer state U|0...0⟩ as the Pauli strings U† X_q U and U† Z_q U of every qubit q (Aaronson and Gottesman,
// "Improved simulation of stabilizer circuits", 2004, kept inverted as Gidney does, "Stim: a fast stabilizer circuit
// simulator", 2021): a gate changes the rows of its qubits only, and whether an outcome is certain is seen in one row.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "workloads/quantum/observable.h"
#include "workloads/quantum/stabilizer/clifford_step.h"
#include "workloads/quantum/stabilizer/row_kernels.h"

namespace basalt::quantum {

class Tableau {
 public:
  /// |0...0⟩. References must outlive it and its copies.
  Tableau(MemoryResource& memory, Qubit qubits);
  [[nodiscard]] Tableau copy() const;

  /// Applies unitary steps.
  void apply(std::span<const CliffordStep> steps);

  /// Applies any steps. The outcome of a measurement goes to `records` at its number.
  void run(std::span<const CliffordStep> steps, std::vector<bool>& records, const CancelToken& cancel);

  struct Outcome {
    bool value = false;    ///< 0 where either was possible.
    bool certain = false;  ///< It could not have been the other one.
  };
  /// Measures a qubit. Where both outcomes are possible, the state becomes that of 0.
  Outcome measure(Qubit qubit);

  /// After measure() of `qubit` was not certain: which of `qubits` are flipped by the Pauli string that takes the state
  /// to that of the other outcome.
  [[nodiscard]] std::vector<bool> flips_of_last(std::span<const Qubit> qubits) const;

  /// Makes a qubit 0.
  void reset(Qubit qubit);

  /// ⟨P⟩ of a product of factors on distinct qubits: 1, −1 or 0.
  [[nodiscard]] int expectation(std::span<const PauliFactor> factors) const;

  [[nodiscard]] Qubit qubits() const noexcept { return qubits_; }

  /// What one holds.
  static std::uint64_t size_bytes(Qubit qubits) noexcept;

 private:
  [[nodiscard]] RowTable table() const noexcept;

  MemoryResource* memory_;
  Qubit qubits_;
  std::size_t words_;
  std::size_t last_pivot_ = 0;
  Buffer bits_;  ///< Rows, then one row of scratch, then signs.
};

}  // namespace basalt::quantum
