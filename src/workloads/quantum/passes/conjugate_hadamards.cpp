// Hadamard gates turn exchanges into phases and phases into exchanges:
//   H(t) · CX(c, t) · H(t) = CZ(c, t), and so for any number of controls;
//   H(c) · H(t) · CX(c, t) · H(c) = CX(t, c) · H(t).
// On a qubit that is held inverted the Hadamard gate is X·H·X, and 0 and 1 change places in the phases and controls.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <optional>

#include "workloads/quantum/passes/roles.h"
#include "workloads/quantum/passes/small_matrix.h"
#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {
namespace {

using std::numbers::pi;

constexpr std::uint32_t kNone = ~std::uint32_t{0};

/// Two Hadamard gates cost as much as this many exchanges.
constexpr std::size_t kMostNewExchanges = 4;

class Conjugating {
 public:
  explicit Conjugating(GateList& list) : list_(list), gone_(list.gates.size()), since_(list.qubit_count) {}

  void run() {
    for (std::uint32_t number = 0; number < list_.gates.size(); ++number) {
      const Gate& gate = list_.gates[number];
      const std::optional<bool> value = hadamard_value(gate);
      if (value) {
        if (!close(gate.targets[0], *value, number)) {
          begin(gate.targets[0], *value, number);
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
    bool value = true;           ///< hadamard_value of the gate.
  };

  struct Node {
    std::uint32_t gate;
    std::uint32_t before;
  };

  /// The value of the target that H gives a sign: 1, or 0 where it is X·H·X. None for other gates.
  [[nodiscard]] std::optional<bool> hadamard_value(const Gate& gate) const {
    if (gate.kind != GateKind::dense || gate.target_count != 1 || gate.control.mask != 0) {
      return std::nullopt;
    }
    const auto matrix = list_.matrix(gate);
    const double root = matrix[1].real();
    const bool fits = root > 0 && is_negligible_entry(matrix[1] - root) && is_negligible_entry(matrix[2] - root);
    if (fits && is_negligible_entry(matrix[0] - root) && is_negligible_entry(matrix[3] + root)) {
      return true;
    }
    if (fits && is_negligible_entry(matrix[0] + root) && is_negligible_entry(matrix[3] - root)) {
      return false;
    }
    return std::nullopt;
  }

  void begin(std::size_t qubit, bool value, std::uint32_t hadamard) {
    since_[qubit] = {.hadamard = hadamard, .last = kNone, .value = value};
  }

  /// A second Hadamard gate has come; true if it is used up.
  bool close(std::size_t qubit, bool value, std::uint32_t number) {
    const Since since = since_[qubit];
    if (since.hadamard == kNone || since.last == kNone || since.value != value) {
      return false;
    }
    bool turned = false;
    if (all_flip(since, qubit)) {
      to_phases(since, qubit);
    } else if (all_signs(since, qubit)) {
      to_exchanges(since, qubit);
    } else {
      turned = turn_around(since, qubit, number);
      if (!turned) {
        return false;
      }
    }
    gone_[since.hadamard] = 1;
    gone_[number] = turned ? 0 : 1;
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
      if (!is_sign(gate) || (gate.phase.value >> qubit & 1) != (since.value ? 1 : 0) || ++count > kMostNewExchanges) {
        return false;
      }
    }
    return true;
  }

  void to_phases(const Since& since, std::size_t qubit) {
    const std::uint64_t bit = std::uint64_t{1} << qubit;
    for (std::uint32_t node = since.last; node != kNone; node = nodes_[node].before) {
      Gate& gate = list_.gates[nodes_[node].gate];
      gate = make_phase({.mask = gate.control.mask | bit,
                         .value = gate.control.value | (since.value ? bit : 0),
                         .angle = pi,
                         .parity = false});
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
    if (only.before != kNone || !is_cx(list_.gates[only.gate]) || !since.value) {
      return false;
    }
    const std::size_t target = list_.gates[only.gate].targets[0];
    const Since other = since_[target];
    if (other.hadamard == kNone || other.hadamard > only.gate || !all_flip(other, target)) {
      return false;
    }
    to_phases(other, target);
    to_exchanges(since, control);
    list_.gates[number] = list_.gates[other.hadamard];
    gone_[other.hadamard] = 1;
    begin(target, other.value, number);
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
