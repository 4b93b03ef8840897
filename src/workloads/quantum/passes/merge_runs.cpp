// Runs of gates on one qubit: their product, in as few gates as it needs.

#include <algorithm>
#include <bit>
#include <cmath>

#include "workloads/quantum/passes/roles.h"
#include "workloads/quantum/passes/small_matrix.h"
#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {
namespace {

bool is_matrix_of_one(const Gate& gate) {
  return gate.kind == GateKind::dense && gate.target_count == 1 && gate.control.mask == 0;
}

bool is_phase_of_one(const Gate& gate) {
  return gate.kind == GateKind::phase && gate.phase.value == gate.phase.mask && std::has_single_bit(gate.phase.mask);
}

class Merging {
 public:
  explicit Merging(GateList& list) : list_(list), runs_(list.qubit_count) {}

  void run() {
    std::vector<Gate> gates;
    gates.swap(list_.gates);
    list_.gates.reserve(gates.size() + gates.size() / 2);
    for (const Gate& gate : gates) {
      if (is_matrix_of_one(gate)) {
        extend(gate);
      } else if (is_phase_of_one(gate) && is_open(gate.phase.mask)) {
        runs_[static_cast<std::size_t>(std::countr_zero(gate.phase.mask))].phase += gate.phase.angle;
      } else {
        close(roles_of(gate).touched());
        list_.gates.push_back(gate);
      }
    }
    close(~std::uint64_t{0});
  }

 private:
  /// Begins with a matrix: phases before it stay what they are, for they may merge with others.
  struct Run {
    Gate gate;
    double phase = 0;  ///< After the matrix.
  };

  [[nodiscard]] bool is_open(std::uint64_t mask) const { return (open_ & mask) != 0; }

  void extend(const Gate& gate) {
    Run& run = runs_[gate.targets[0]];
    const std::uint64_t bit = std::uint64_t{1} << gate.targets[0];
    if (!is_open(bit)) {
      run = {.gate = gate, .phase = 0};
      open_ |= bit;
      return;
    }
    const auto product = list_.matrix(run.gate);
    const Complex turn = std::polar(1.0, run.phase);
    product[2] *= turn;
    product[3] *= turn;
    multiply_onto(list_.matrix(gate), product);
    run.phase = 0;
  }

  void close(std::uint64_t mask) {
    for (std::uint64_t left = open_ & mask; left != 0; left &= left - 1) {
      emit(runs_[static_cast<std::size_t>(std::countr_zero(left))]);
    }
    open_ &= ~mask;
  }

  void emit(const Run& run) {
    const auto matrix = list_.matrix(run.gate);
    const std::uint64_t bit = std::uint64_t{1} << run.gate.targets[0];
    double phase = run.phase;
    if (is_negligible_entry(matrix[1]) && is_negligible_entry(matrix[2])) {
      const double first = std::arg(matrix[0]);
      list_.global_phase += first;
      phase += std::arg(matrix[3]) - first;
    } else if (is_negligible_entry(matrix[0]) && is_negligible_entry(matrix[3])) {
      list_.gates.push_back(make_exchange({}, run.gate.targets[0]));
      const double first = std::arg(matrix[1]);
      list_.global_phase += first;
      phase += std::arg(matrix[2]) - first;
    } else {
      list_.gates.push_back(run.gate);
    }
    append_phase(list_, {.mask = bit, .value = bit, .angle = phase, .parity = false});
  }

  GateList& list_;
  std::vector<Run> runs_;  ///< By qubit; meaningful where open_ has the qubit.
  std::uint64_t open_ = 0;
};

}  // namespace

void merge_runs(GateList& list, const PassOptions& /*options*/) {
  if (std::ranges::any_of(list.gates, is_matrix_of_one)) {
    Merging(list).run();
  }
}

}  // namespace basalt::quantum
