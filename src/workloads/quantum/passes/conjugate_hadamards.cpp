// Hadamard gates turn exchanges into phases and phases into exchanges:
//   H(t) · CX(c, t) · H(t) = CZ(c, t), and so for any number of controls;
//   H(c) · H(t) · CX(c, t) · H(c) = CX(t, c) · H(t).

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

#include "workloads/quantum/angle.h"
#include "workloads/quantum/passes/roles.h"
#include "workloads/quantum/passes/small_matrix.h"
#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {
namespace {

using std::numbers::pi;

constexpr std::uint32_t kNone = ~std::uint32_t{0};

/// Two Hadamard gates cost as much as this many exchanges.
constexpr std::size_t kMostNewExchanges = 4;

bool is_sign(const Gate& gate) {
  return gate.kind == GateKind::phase && !gate.phase.parity && is_negligible(std::abs(gate.phase.angle) - pi);
}

class Conjugating {
 public:
  explicit Conjugating(GateList& list) : list_(list), gone_(list.gates.size()), since_(list.qubit_count) {}

  void run() {
    for (std::uint32_t number = 0; number < list_.gates.size(); ++number) {
      const Gate& gate = list_.gates[number];
      if (is_hadamard(gate)) {
        if (!close(gate.targets[0], number)) {
          begin(gate.targets[0], number);
        }
        continue;
      }
      const bool may_turn = gate.kind == GateKind::exchange || is_sign(gate);
      for (std::uint64_t left = roles_of(gate).touched(); left != 0; left &= left - 1) {
        Since& since = since_[static_cast<std::size_t>(std::countr_zero(left))];
        if (!may_turn) {
          since.hadamard = kNone;
        } else if (since.hadamard != kNone) {
          nodes_.push_back({.gate = number, .before = since.last});
          since.last = static_cast<std::uint32_t>(nodes_.size() - 1);
        }
      }
    }
    remove_gates(list_, gone_);
  }

 private:
  /// The gates on a qubit since its last Hadamard gate, while they are only exchanges and signs.
  struct Since {
    std::uint32_t hadamard = kNone;
    std::uint32_t last = kNone;  ///< Of nodes_.
  };

  struct Node {
    std::uint32_t gate;
    std::uint32_t before;
  };

  [[nodiscard]] bool is_hadamard(const Gate& gate) const {
    if (gate.kind != GateKind::dense || gate.target_count != 1 || gate.control.mask != 0) {
      return false;
    }
    const auto matrix = list_.matrix(gate);
    return std::ranges::all_of(std::array{matrix[0] - matrix[1], matrix[0] - matrix[2], matrix[0] + matrix[3]},
                               is_negligible_entry) &&
           matrix[0].imag() == 0 && matrix[0].real() > 0;
  }

  void begin(std::size_t qubit, std::uint32_t hadamard) { since_[qubit] = {.hadamard = hadamard, .last = kNone}; }

  /// A second Hadamard gate has come; true if it is used up.
  bool close(std::size_t qubit, std::uint32_t number) {
    const Since since = since_[qubit];
    if (since.hadamard == kNone || since.last == kNone) {
      return false;
    }
    if (all_flip(since, qubit)) {
      to_phases(since, qubit);
    } else if (all_signs(since, qubit)) {
      to_exchanges(since, qubit);
    } else if (!turn_around(since, qubit, number)) {
      return false;
    } else {
      gone_[since.hadamard] = 1;
      since_[qubit] = {};
      return true;
    }
    gone_[since.hadamard] = gone_[number] = 1;
    since_[qubit] = {};
    return true;
  }

  [[nodiscard]] bool all_flip(const Since& since, std::size_t qubit) const {
    for (std::uint32_t node = since.last; node != kNone; node = nodes_[node].before) {
      const Gate& gate = list_.gates[nodes_[node].gate];
      if (gate.kind != GateKind::exchange || gate.targets[0] != qubit) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool all_signs(const Since& since, std::size_t qubit) const {
    std::size_t count = 0;
    for (std::uint32_t node = since.last; node != kNone; node = nodes_[node].before) {
      const Gate& gate = list_.gates[nodes_[node].gate];
      if (!is_sign(gate) || (gate.phase.value >> qubit & 1) == 0 || ++count > kMostNewExchanges) {
        return false;
      }
    }
    return true;
  }

  void to_phases(const Since& since, std::size_t qubit) {
    const std::uint64_t bit = std::uint64_t{1} << qubit;
    for (std::uint32_t node = since.last; node != kNone; node = nodes_[node].before) {
      Gate& gate = list_.gates[nodes_[node].gate];
      gate = make_phase(
          {.mask = gate.control.mask | bit, .value = gate.control.value | bit, .angle = pi, .parity = false});
    }
  }

  void to_exchanges(const Since& since, std::size_t qubit) {
    const std::uint64_t others = ~(std::uint64_t{1} << qubit);
    for (std::uint32_t node = since.last; node != kNone; node = nodes_[node].before) {
      Gate& gate = list_.gates[nodes_[node].gate];
      gate = make_exchange({gate.phase.mask & others, gate.phase.value & others}, static_cast<Qubit>(qubit));
    }
  }

  /// The second rule: the Hadamard gate of the target moves to where the control's second one was.
  bool turn_around(const Since& since, std::size_t control, std::uint32_t number) {
    const Node only = nodes_[since.last];
    if (only.before != kNone || !is_cx(list_.gates[only.gate])) {
      return false;
    }
    const std::size_t target = list_.gates[only.gate].targets[0];
    const Since other = since_[target];
    if (target == control || other.hadamard == kNone || !all_flip(other, target)) {
      return false;
    }
    to_phases(other, target);
    list_.gates[only.gate] =
        make_exchange({std::uint64_t{1} << target, std::uint64_t{1} << target}, static_cast<Qubit>(control));
    list_.gates[number] = list_.gates[other.hadamard];
    gone_[other.hadamard] = 1;
    begin(target, number);
    return true;
  }

  GateList& list_;
  std::vector<std::uint8_t> gone_;
  std::vector<Since> since_;  ///< By qubit.
  std::vector<Node> nodes_;
};

}  // namespace

void conjugate_hadamards(GateList& list, const PassOptions& /*options*/) {
  const auto is_exchange = [](const Gate& gate) { return gate.kind == GateKind::exchange; };
  if (std::ranges::any_of(list.gates, is_exchange)) {
    Conjugating(list).run();
  }
}

}  // namespace basalt::quantum
