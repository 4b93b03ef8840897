#include "workloads/quantum/circuit.h"

#include <cassert>
#include <utility>

namespace basalt::quantum {

void Circuit::append(GateId gate, std::span<const double> parameters, std::span<const Control> controls,
                     std::span<const Qubit> targets) {
  assert(gate != GateId::matrix);
  assert(parameters.size() == gate_row(gate).parameter_count);
  assert(targets.size() == gate_row(gate).target_count);
  push(gate, controls, targets);
  operations_.back().parameter_count = static_cast<std::uint8_t>(parameters.size());
  operations_.back().first_parameter = static_cast<std::uint32_t>(parameters_.size());
  parameters_.insert(parameters_.end(), parameters.begin(), parameters.end());
}

void Circuit::append_matrix(std::vector<Complex> matrix, std::span<const Control> controls,
                            std::span<const Qubit> targets) {
  assert(!targets.empty() && targets.size() <= kMaxGateTargets);
  assert(matrix.size() == std::size_t{1} << (2 * targets.size()));
  push(GateId::matrix, controls, targets);
  operations_.back().matrix = static_cast<std::uint32_t>(matrices_.size());
  matrices_.push_back(std::move(matrix));
}

void Circuit::push(GateId gate, std::span<const Control> controls, std::span<const Qubit> targets) {
  operations_.push_back({.gate = gate,
                         .target_count = static_cast<std::uint8_t>(targets.size()),
                         .parameter_count = 0,
                         .control_count = static_cast<std::uint32_t>(controls.size()),
                         .first_control = static_cast<std::uint32_t>(controls_.size()),
                         .first_target = static_cast<std::uint32_t>(targets_.size()),
                         .first_parameter = 0,
                         .matrix = 0});
  controls_.insert(controls_.end(), controls.begin(), controls.end());
  targets_.insert(targets_.end(), targets.begin(), targets.end());
}

std::vector<Complex> Circuit::matrix(const Operation& op) const {
  return op.gate == GateId::matrix ? matrices_[op.matrix] : gate_matrix(op.gate, parameters(op));
}

Circuit Circuit::inverse() const {
  Circuit result(qubit_count_);
  for (auto op = operations_.rbegin(); op != operations_.rend(); ++op) {
    if (op->gate != GateId::matrix && gate_row(op->gate).inverse_is_native) {
      const GateRow& row = gate_row(op->gate);
      std::vector<double> negated(parameters(*op).begin(), parameters(*op).end());
      if (row.inverse_negates) {
        for (double& parameter : negated) {
          parameter = -parameter;
        }
      }
      result.append(row.inverse, negated, controls(*op), targets(*op));
    } else {
      result.append_matrix(matrix_adjoint(matrix(*op)), controls(*op), targets(*op));
    }
  }
  return result;
}

void Circuit::clear() noexcept {
  operations_.clear();
  controls_.clear();
  targets_.clear();
  parameters_.clear();
  matrices_.clear();
}

}  // namespace basalt::quantum
