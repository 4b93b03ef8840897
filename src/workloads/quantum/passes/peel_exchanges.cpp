// Controlled X around a sign, as oracles compute into a helper, look at it and take it back:
//   X(C → t) · sign(t, r) · X(C → t) = sign(t, r) · sign(C, r),
// for t xor c looks like t + c where only whole turns differ. Chains of them are peeled from the inside.

#include <algorithm>
#include <bit>
#include <vector>

#include "workloads/quantum/passes/latest.h"
#include "workloads/quantum/passes/roles.h"
#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};

/// Gates on a control between the two exchanges that are looked at.
constexpr int kMostBetween = 16;

class Peeling {
 public:
  explicit Peeling(GateList& list)
      : list_(list), gone_(list.gates.size()), after_(list.gates.size(), kNone), last_(list.qubit_count, kNone) {
    for (std::uint32_t number = 0; number < list_.gates.size(); ++number) {
      first_node_.push_back(static_cast<std::uint32_t>(nodes_.size()));
      for (std::uint64_t left = touched(number); left != 0; left &= left - 1) {
        append_node(number, static_cast<std::size_t>(std::countr_zero(left)));
      }
    }
  }

  void run() {
    std::vector<std::uint32_t> signs;
    for (std::uint32_t number = 0; number < list_.gates.size(); ++number) {
      if (is_sign(list_.gates[number])) {
        signs.push_back(number);
      }
    }
    while (!signs.empty()) {
      const std::uint32_t sign = signs.back();
      signs.pop_back();
      for (std::uint64_t left = touched(sign); left != 0; left &= left - 1) {
        const std::uint32_t made = peel(sign, left & -left);
        if (made != kNone) {
          signs.push_back(made);
          signs.push_back(sign);
          break;
        }
      }
    }
    write_list();
  }

 private:
  /// A gate's place on one of its qubits.
  struct Node {
    std::uint32_t gate;
    std::uint32_t before;
    std::uint32_t after;
  };

  [[nodiscard]] std::uint64_t touched(std::uint32_t number) const { return roles_of(list_.gates[number]).touched(); }

  /// Nodes of a gate lie together, by ascending qubit.
  [[nodiscard]] std::uint32_t node_of(std::uint32_t number, std::uint64_t bit) const {
    return first_node_[number] + static_cast<std::uint32_t>(std::popcount(touched(number) & (bit - 1)));
  }

  void append_node(std::uint32_t number, std::size_t qubit) {
    const auto node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({.gate = number, .before = last_[qubit], .after = kNone});
    if (last_[qubit] != kNone) {
      nodes_[last_[qubit]].after = node;
    }
    last_[qubit] = node;
  }

  void unlink(std::uint32_t number) {
    gone_[number] = 1;
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(std::popcount(touched(number))); ++i) {
      const Node& node = nodes_[first_node_[number] + i];
      if (node.before != kNone) {
        nodes_[node.before].after = node.after;
      }
      if (node.after != kNone) {
        nodes_[node.after].before = node.before;
      }
    }
  }

  [[nodiscard]] std::uint32_t neighbour(std::uint32_t number, std::uint64_t bit, bool after) const {
    const Node& node = nodes_[node_of(number, bit)];
    const std::uint32_t other = after ? node.after : node.before;
    return other == kNone ? kNone : nodes_[other].gate;
  }

  /// Whether `first` and `second` meet on one of their controls once gates that only look at it are moved away.
  [[nodiscard]] bool nothing_changes(std::uint32_t first, std::uint32_t second, std::uint64_t bit) const {
    std::uint32_t between = first;
    for (int i = 0; i < kMostBetween; ++i) {
      between = neighbour(between, bit, true);
      if (between == second) {
        return true;
      }
      if (between == kNone || (roles_of(list_.gates[between]).looks & bit) == 0) {
        return false;
      }
    }
    return false;
  }

  /// Takes two exchanges of the qubit `bit` away from around a sign; returns the new sign, or kNone.
  std::uint32_t peel(std::uint32_t sign, std::uint64_t bit) {
    const std::uint32_t first = neighbour(sign, bit, false);
    const std::uint32_t second = neighbour(sign, bit, true);
    if (first == kNone || second == kNone) {
      return kNone;
    }
    const Gate exchange = list_.gates[first];
    if (exchange.kind != GateKind::exchange || roles_of(exchange).flips != bit || exchange.control.mask == 0 ||
        !act_alike(exchange, list_.gates[second])) {
      return kNone;
    }
    const PhaseTerm term = list_.gates[sign].phase;
    const std::uint64_t shared = term.mask & exchange.control.mask;
    if ((term.value & shared) != (exchange.control.value & shared)) {
      return kNone;  // the new sign would select nothing: rare, and left to others
    }
    for (std::uint64_t left = exchange.control.mask; left != 0; left &= left - 1) {
      if (!nothing_changes(first, second, left & -left)) {
        return kNone;
      }
    }
    const std::uint32_t made = insert(sign, first, exchange.control,
                                      {.mask = (term.mask & ~bit) | exchange.control.mask,
                                       .value = (term.value & ~bit) | exchange.control.value,
                                       .angle = term.angle,
                                       .parity = false});
    unlink(first);
    unlink(second);
    return made;
  }

  /// Puts a new sign beside `sign`: on the controls right after `first`, on its other qubits right after `sign`.
  std::uint32_t insert(std::uint32_t sign, std::uint32_t first, const ControlMask& control, const PhaseTerm& term) {
    const auto made = static_cast<std::uint32_t>(list_.gates.size());
    list_.gates.push_back(make_phase(term));
    gone_.push_back(0);
    after_.push_back(after_[sign]);
    after_[sign] = made;
    first_node_.push_back(static_cast<std::uint32_t>(nodes_.size()));
    for (std::uint64_t left = term.mask; left != 0; left &= left - 1) {
      const std::uint64_t bit = left & -left;
      const std::uint32_t before = (control.mask & bit) != 0 ? node_of(first, bit) : node_of(sign, bit);
      const auto node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({.gate = made, .before = before, .after = nodes_[before].after});
      if (nodes_[node].after != kNone) {
        nodes_[nodes_[node].after].before = node;
      }
      nodes_[before].after = node;
    }
    return made;
  }

  /// In the order they came in, new signs after the ones that they come from.
  void write_list() {
    if (list_.gates.size() == given_) {
      return;
    }
    std::vector<Gate> gates;
    gates.swap(list_.gates);
    list_.gates.reserve(gates.size());
    for (std::uint32_t number = 0; number < given_; ++number) {
      for (std::uint32_t each = number; each != kNone; each = after_[each]) {
        if (gone_[each] != 0) {
          continue;
        }
        if (each == number) {
          list_.gates.push_back(gates[each]);
        } else {
          append_phase(list_, gates[each].phase);
        }
      }
    }
  }

  GateList& list_;
  std::size_t given_ = list_.gates.size();
  std::vector<std::uint8_t> gone_;
  std::vector<std::uint32_t> after_;       ///< By gate: the new sign that follows it.
  std::vector<std::uint32_t> first_node_;  ///< By gate.
  std::vector<std::uint32_t> last_;        ///< By qubit: its last node, while the list is read.
  std::vector<Node> nodes_;
};

}  // namespace

void peel_exchanges(GateList& list, const PassOptions& /*options*/) {
  const auto is_exchange = [](const Gate& gate) { return gate.kind == GateKind::exchange; };
  if (std::ranges::any_of(list.gates, is_exchange) && std::ranges::any_of(list.gates, is_sign)) {
    Peeling(list).run();
  }
}

}  // namespace basalt::quantum
