// Circuits lowered without passes: each gate becomes the cheapest kernel over the whole field.
#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/lower.h"

namespace basalt::quantum {
namespace {

std::uint64_t bit(Qubit qubit) {
  return std::uint64_t{1} << qubit;
}

ControlMask control_mask(std::span<const Control> controls) {
  ControlMask result;
  for (const Control& control : controls) {
    result.mask |= bit(control.qubit);
    result.value |= control.value ? bit(control.qubit) : 0;
  }
  return result;
}

std::uint64_t target_mask(std::span<const Qubit> targets) {
  return std::accumulate(targets.begin(), targets.end(), std::uint64_t{0},
                         [](std::uint64_t mask, Qubit target) { return mask | bit(target); });
}

bool is_diagonal(std::span<const Complex> matrix, std::size_t size) {
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    if (i / size != i % size && matrix[i] != Complex(0)) {
      return false;
    }
  }
  return true;
}

/// Kernels want ascending targets: returns for each sorted position the position it had.
std::vector<std::size_t> ascending_order(std::span<const Qubit> targets) {
  std::vector<std::size_t> order(targets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return targets[i]; });
  return order;
}

/// The basis state of the original targets that the sorted targets' state `sorted` is.
std::size_t unsort(std::size_t sorted, std::span<const std::size_t> order) {
  std::size_t original = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    original |= ((sorted >> i) & 1) << order[i];
  }
  return original;
}

template <typename Operands>
void set_targets(Operands& operands, std::span<const Qubit> targets, std::span<const std::size_t> order) {
  operands.target_count = static_cast<std::uint8_t>(targets.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    operands.targets[i] = static_cast<std::uint8_t>(targets[order[i]]);
  }
}

class Lowering {
 public:
  explicit Lowering(const Circuit& circuit) : circuit_(circuit) {
    result_.program.steps.reserve(circuit.operations().size());
  }

  LoweredCircuit run() {
    for (const Operation& op : circuit_.operations()) {
      add(op);
    }
    return std::move(result_);
  }

 private:
  void add(const Operation& op) {
    const ControlMask control = control_mask(circuit_.controls(op));
    const auto targets = circuit_.targets(op);
    if (op.gate == GateId::id) {
      return;
    }
    if (op.gate == GateId::x) {
      add_exchange(control, bit(targets[0]), 0, bit(targets[0]), 1);
    } else if (op.gate == GateId::swap) {
      add_exchange(control, bit(targets[0]) | bit(targets[1]), bit(targets[0]), bit(targets[0]) | bit(targets[1]), 0.5);
    } else {
      add_matrix(control, targets, circuit_.matrix(op));
    }
  }

  void add_matrix(ControlMask control, std::span<const Qubit> targets, const std::vector<Complex>& matrix) {
    const std::size_t size = std::size_t{1} << targets.size();
    if (is_diagonal(matrix, size)) {
      std::vector<Complex> phases(size);
      for (std::size_t i = 0; i < size; ++i) {
        phases[i] = matrix[i * size + i];
      }
      add_diagonal(control, targets, std::move(phases));
    } else {
      add_dense(control, targets, matrix);
    }
  }

  void add_exchange(ControlMask control, std::uint64_t mask, std::uint64_t value, std::uint64_t flip, double share) {
    const Access access{.mixes = flip, .reads = control.mask, .fixed = control.mask};
    control.mask |= mask;
    control.value |= value;
    push("quantum/exchange", access, share, 0, std::make_shared<ExchangeOperands>(ExchangeOperands{control, flip}));
  }

  void add_diagonal(ControlMask control, std::span<const Qubit> targets, std::vector<Complex> phases) {
    if (control.mask == 0 && targets.size() <= 1) {
      // A phase of the whole state changes no result: taken out, half of the state stays untouched.
      result_.global_phase += std::arg(phases[0]);
      if (targets.empty()) {
        return;
      }
      phases[1] /= phases[0];
      phases[0] = 1;
    }
    if (targets.size() == 1 && phases[0] == Complex(1)) {
      control.mask |= bit(targets[0]);
      control.value |= bit(targets[0]);
      phases.erase(phases.begin());
      targets = {};
    }
    if (std::ranges::all_of(phases, [](const Complex& phase) { return phase == Complex(1); })) {
      return;
    }
    DiagonalOperands operands;
    operands.control = control;
    const auto order = ascending_order(targets);
    set_targets(operands, targets, order);
    operands.phases.resize(phases.size());
    for (std::size_t i = 0; i < phases.size(); ++i) {
      operands.phases[i] = phases[unsort(i, order)];
    }
    const Access access{.mixes = 0, .reads = control.mask | target_mask(targets), .fixed = control.mask};
    push("quantum/diagonal", access, 1, 6, std::make_shared<DiagonalOperands>(std::move(operands)));
  }

  void add_dense(ControlMask control, std::span<const Qubit> targets, const std::vector<Complex>& matrix) {
    const std::size_t size = std::size_t{1} << targets.size();
    DenseOperands operands;
    operands.control = control;
    const auto order = ascending_order(targets);
    set_targets(operands, targets, order);
    operands.matrix.resize(matrix.size());
    for (std::size_t row = 0; row < size; ++row) {
      for (std::size_t column = 0; column < size; ++column) {
        operands.matrix[row * size + column] = matrix[unsort(row, order) * size + unsort(column, order)];
      }
    }
    operands.real = std::ranges::all_of(operands.matrix, [](const Complex& entry) { return entry.imag() == 0; });
    const Access access{.mixes = target_mask(targets), .reads = control.mask, .fixed = control.mask};
    const double flops = (operands.real ? 4.0 : 8.0) * static_cast<double>(size) - 2;
    push("quantum/dense", access, 1, flops, std::make_shared<DenseOperands>(std::move(operands)));
  }

  void push(std::string_view kernel, Access access, double share, double flops, std::shared_ptr<const void> operands) {
    result_.program.steps.push_back({kernel, access, share, flops, std::move(operands)});
  }

  const Circuit& circuit_;
  LoweredCircuit result_;
};

}  // namespace

LoweredCircuit lower(const Circuit& circuit) {
  return Lowering(circuit).run();
}

}  // namespace basalt::quantum
