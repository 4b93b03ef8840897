// Ladders of CX around phases: between the two CX the phase is one of a parity, and needs neither of them.
//
// First all CX that cancel are found as if phases of one qubit or of a parity were not there. Then the list is walked
// once: while the first CX of a cancelled pair is left out, the value of a qubit is a parity of what the qubits hold,
// and each phase is rewritten to what it means there. Every gate that stays between such a pair commutes with it, and
// so acts on the qubits as they are.

#include <algorithm>
#include <array>
#include <bit>

#include "workloads/quantum/passes/latest.h"
#include "workloads/quantum/passes/steps.h"
#include "workloads/quantum/passes/wires.h"

namespace basalt::quantum {
namespace {

bool is_phase_of_parity(const Gate& gate) {
  const bool one = std::has_single_bit(gate.phase.mask) && gate.phase.value == gate.phase.mask;
  return gate.kind == GateKind::phase && (gate.phase.parity || one);
}

class Folding {
 public:
  explicit Folding(GateList& list)
      : list_(list), wires_(list.qubit_count, list.gates.size()), latest_(list.gates), gone_(list.gates.size()) {}

  void run() {
    for (std::uint32_t number = 0; number < list_.gates.size(); ++number) {
      const Gate& gate = list_.gates[number];
      if (is_phase_of_parity(gate)) {
        continue;
      }
      if (!is_cx(gate)) {
        wires_.add(number, roles_of(gate));
      } else if (!cancel_pair(number) && !make_swap_of_three(number)) {
        wires_.add(number, roles_of(gate));
        latest_.push(number);
      }
    }
    if (found_) {
      rewrite_phases();
      remove_gates(list_, gone_);
    }
  }

 private:
  bool cancel_pair(std::uint32_t number) {
    const Gate& gate = list_.gates[number];
    const Roles roles = roles_of(gate);
    const std::uint32_t earlier = latest_.find(gate);
    if (earlier == LatestGates::kNone || !wires_.is_last(earlier, roles)) {
      return false;
    }
    wires_.remove(roles);
    latest_.pop(gate);
    gone_[earlier] = gone_[number] = 1;
    found_ = true;
    return true;
  }

  /// CX(a, b) · CX(b, a) · CX(a, b), of which `number` is the last: the middle one becomes the SWAP.
  bool make_swap_of_three(std::uint32_t number) {
    const Gate& gate = list_.gates[number];
    const Qubit target = gate.targets[0];
    const auto control = static_cast<Qubit>(std::countr_zero(gate.control.mask));
    const std::uint64_t target_bit = std::uint64_t{1} << target;
    const Gate turned = make_exchange({target_bit, target_bit}, control);
    const std::uint32_t middle = latest_.find(turned);
    const std::uint32_t first = latest_.find(gate);
    if (middle == LatestGates::kNone || first == LatestGates::kNone || first > middle ||
        !wires_.is_last_alone(middle, roles_of(turned)) || !wires_.is_second_last(first, roles_of(gate))) {
      return false;
    }
    latest_.pop(turned);
    latest_.pop(gate);
    wires_.remove(roles_of(turned));
    wires_.remove(roles_of(gate));
    gone_[first] = gone_[number] = 1;
    found_ = true;
    list_.gates[middle] = make_swap({}, control, target);
    wires_.add(middle, roles_of(list_.gates[middle]));
    return true;
  }

  void rewrite_phases() {
    std::array<std::uint64_t, 64> held{};  // The parity of qubits that each qubit's value is.
    for (Qubit qubit = 0; qubit < list_.qubit_count; ++qubit) {
      held[qubit] = std::uint64_t{1} << qubit;
    }
    for (std::size_t number = 0; number < list_.gates.size(); ++number) {
      Gate& gate = list_.gates[number];
      if (gone_[number] != 0) {
        held[gate.targets[0]] ^= held[static_cast<std::size_t>(std::countr_zero(gate.control.mask))];
      } else if (is_phase_of_parity(gate)) {
        std::uint64_t mask = 0;
        for (std::uint64_t left = gate.phase.mask; left != 0; left &= left - 1) {
          mask ^= held[static_cast<std::size_t>(std::countr_zero(left))];
        }
        gate.phase.mask = mask;
        gate.phase.parity = !std::has_single_bit(mask);
        gate.phase.value = gate.phase.parity ? 0 : mask;
      }
    }
  }

  GateList& list_;
  Wires wires_;
  LatestGates latest_;
  std::vector<std::uint8_t> gone_;
  bool found_ = false;
};

}  // namespace

void fold_ladders(GateList& list, const PassOptions& /*options*/) {
  if (std::ranges::count_if(list.gates, is_cx) > 1) {
    Folding(list).run();
  }
}

}  // namespace basalt::quantum
