// A straight run of unitary operations on numbered qubits: what the input stage hands to the passes.
// Measurement, reset and classical control are not in it: the machine (input/machine.h) cuts a program into circuits.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "workloads/quantum/gates.h"

namespace basalt::quantum {

using Qubit = std::uint32_t;

struct Control {
  Qubit qubit;
  bool value;  ///< The gate acts where the qubit is 1 (ctrl) or 0 (negctrl).
  friend bool operator==(const Control&, const Control&) = default;
};

/// One gate; the offsets point into the circuit that owns it.
struct Operation {
  GateId gate;
  std::uint8_t target_count;
  std::uint8_t parameter_count;
  std::uint32_t control_count;
  std::uint32_t first_control;
  std::uint32_t first_target;
  std::uint32_t first_parameter;
  std::uint32_t matrix;  ///< Index of the matrix, for GateId::matrix.
};

class Circuit {
 public:
  explicit Circuit(Qubit qubit_count = 0) : qubit_count_(qubit_count) {}

  /// Appends a native gate. Qubits must be distinct and below qubit_count(); counts must match the gate's row.
  void append(GateId gate, std::span<const double> parameters, std::span<const Control> controls,
              std::span<const Qubit> targets);

  /// Appends an explicit unitary on 1 to kMaxGateTargets targets (row-major, first target least significant).
  void append_matrix(std::vector<Complex> matrix, std::span<const Control> controls, std::span<const Qubit> targets);

  [[nodiscard]] Qubit qubit_count() const noexcept { return qubit_count_; }
  [[nodiscard]] std::span<const Operation> operations() const noexcept { return operations_; }
  [[nodiscard]] std::span<const Control> controls(const Operation& op) const noexcept {
    return std::span(controls_).subspan(op.first_control, op.control_count);
  }
  [[nodiscard]] std::span<const Qubit> targets(const Operation& op) const noexcept {
    return std::span(targets_).subspan(op.first_target, op.target_count);
  }
  [[nodiscard]] std::span<const double> parameters(const Operation& op) const noexcept {
    return std::span(parameters_).subspan(op.first_parameter, op.parameter_count);
  }
  /// The matrix of any operation, native or explicit, without its controls.
  [[nodiscard]] std::vector<Complex> matrix(const Operation& op) const;

  /// The inverse circuit.
  [[nodiscard]] Circuit inverse() const;
  void clear() noexcept;

 private:
  void push(GateId gate, std::span<const Control> controls, std::span<const Qubit> targets);

  Qubit qubit_count_;
  std::vector<Operation> operations_;
  std::vector<Control> controls_;
  std::vector<Qubit> targets_;
  std::vector<double> parameters_;
  std::vector<std::vector<Complex>> matrices_;
};

}  // namespace basalt::quantum
