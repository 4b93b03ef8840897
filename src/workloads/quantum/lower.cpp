#include "workloads/quantum/lower.h"

#include <algorithm>
#include <cassert>

namespace basalt::quantum {
namespace {

/// The operands of a whole program: one allocation that all of its steps share.
struct OperandBlock {
  std::vector<DenseOperands> dense;
  std::vector<PhaseTerm> phases;
  std::vector<ExchangeOperands> exchanges;
};

class GateLowering {
 public:
  explicit GateLowering(const GateList& list) : list_(list), block_(std::make_shared<OperandBlock>()) {
    reserve();
    result_.global_phase = list.global_phase;
    result_.map = list.map;
  }

  LoweredCircuit run() {
    for (const Gate& gate : list_.gates) {
      switch (gate.kind) {
        case GateKind::dense:
          add_dense(gate);
          break;
        case GateKind::phase:
          add_phase(gate.phase);
          break;
        case GateKind::exchange:
          add_exchange(gate.control, std::uint64_t{1} << gate.targets[0]);
          break;
        case GateKind::swap:
          add_swap(gate);
          break;
      }
    }
    return std::move(result_);
  }

 private:
  /// Steps point into the block, so that it must not grow.
  void reserve() {
    std::size_t dense = 0;
    std::size_t phases = 0;
    std::size_t exchanges = 0;
    for (const Gate& gate : list_.gates) {
      dense += gate.kind == GateKind::dense ? 1 : 0;
      phases += gate.kind == GateKind::phase ? 1 : 0;
      exchanges += gate.kind == GateKind::exchange ? 1 : gate.kind == GateKind::swap ? 3 : 0;
    }
    block_->dense.reserve(dense);
    block_->phases.reserve(phases);
    block_->exchanges.reserve(exchanges);
    result_.program.steps.reserve(dense + phases + exchanges);
  }

  void add_dense(const Gate& gate) {
    const auto matrix = list_.matrix(gate);
    const bool real = std::ranges::all_of(matrix, [](const Complex& entry) { return entry.imag() == 0; });
    block_->dense.push_back({.control = gate.control,
                             .target_count = gate.target_count,
                             .targets = gate.targets,
                             .real = real,
                             .matrix = {matrix.begin(), matrix.end()}});
    const Access access{.mixes = target_mask(gate), .reads = gate.control.mask, .fixed = gate.control.mask};
    // of the entries of a row, those that are not 0
    const double entries = couples_by_parity(matrix) ? 2 : static_cast<double>(std::size_t{1} << gate.target_count);
    push("quantum/dense", access, 1, (real ? 4.0 : 8.0) * entries - 2, block_->dense.back());
  }

  void add_phase(const PhaseTerm& term) {
    block_->phases.push_back(term);
    const Access access{.mixes = 0, .reads = term.mask, .fixed = term.parity ? 0 : term.mask};
    push("quantum/phase", access, term.parity ? 0.5 : 1, 6, block_->phases.back());
  }

  void add_exchange(ControlMask control, std::uint64_t flip) {
    const Access access{.mixes = flip, .reads = control.mask, .fixed = control.mask};
    control.mask |= flip;  // the target is 0: every pair is met once
    assert(block_->exchanges.size() < block_->exchanges.capacity());
    block_->exchanges.push_back({control, flip});
    push("quantum/exchange", access, 1, 0, block_->exchanges.back());
  }

  /// SWAP(a, b) = CX(b, a) · CX(a, b) · CX(b, a); only the middle one needs the controls of the whole.
  void add_swap(const Gate& gate) {
    const std::uint64_t a = std::uint64_t{1} << gate.targets[0];
    const std::uint64_t b = std::uint64_t{1} << gate.targets[1];
    add_exchange({b, b}, a);
    add_exchange({gate.control.mask | a, gate.control.value | a}, b);
    add_exchange({b, b}, a);
  }

  template <typename Operands>
  void push(std::string_view kernel, Access access, double share, double flops, const Operands& operands) {
    result_.program.steps.push_back(
        {kernel, access, share, flops, std::shared_ptr<const void>(block_, static_cast<const void*>(&operands))});
  }

  const GateList& list_;
  std::shared_ptr<OperandBlock> block_;
  LoweredCircuit result_;
};

}  // namespace

LoweredCircuit lower(const GateList& list) {
  return GateLowering(list).run();
}

}  // namespace basalt::quantum
