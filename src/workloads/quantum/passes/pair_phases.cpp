// A CP written with CX and RZ arrives as phases of two qubits and of their parity:
//   φ·a·b = φ/2·a + φ/2·b − φ/2·(a xor b).
// Whole networks of them are turned back at once, where the phases of single qubits then vanish.

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "workloads/quantum/angle.h"
#include "workloads/quantum/passes/roles.h"
#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};

/// The sum of many angles vanishes less exactly than one.
constexpr double kNegligibleSum = 1e-14;

bool is_pair(const Gate& gate) {
  return gate.kind == GateKind::phase && gate.phase.parity && std::popcount(gate.phase.mask) == 2;
}

class Pairing {
 public:
  explicit Pairing(GateList& list) : list_(list), value_of_(list.qubit_count, kNone) {}

  void run() {
    collect();
    count_networks();
    rewrite();
  }

 private:
  /// What a qubit holds from one gate that changes it to the next. Phases of one value can be added up.
  struct Value {
    double angle = 0;              ///< Of its own phase.
    double turned = 0;             ///< The same if all pairs of its network were turned back.
    std::uint32_t single = kNone;  ///< The gate of its own phase.
    std::uint32_t network = 0;     ///< Another value of its network; its own number: the one that counts.
    std::int32_t gain = 0;         ///< Of the one that counts: phases saved.
    bool added = false;
  };

  struct Pair {
    std::uint32_t gate;
    std::uint32_t low;
    std::uint32_t high;
  };

  std::uint32_t value_of(std::size_t qubit) {
    std::uint32_t& value = value_of_[qubit];
    if (value == kNone) {
      value = static_cast<std::uint32_t>(values_.size());
      values_.push_back({.network = value});
    }
    return value;
  }

  std::uint32_t network_of(std::uint32_t value) {
    while (values_[value].network != value) {
      values_[value].network = values_[values_[value].network].network;
      value = values_[value].network;
    }
    return value;
  }

  void collect() {
    for (std::uint32_t number = 0; number < list_.gates.size(); ++number) {
      const Gate& gate = list_.gates[number];
      const Roles roles = roles_of(gate);
      for (std::uint64_t left = roles.flips | roles.mixes; left != 0; left &= left - 1) {
        value_of_[static_cast<std::size_t>(std::countr_zero(left))] = kNone;
      }
      if (is_pair(gate)) {
        const std::uint32_t low = value_of(static_cast<std::size_t>(std::countr_zero(gate.phase.mask)));
        const std::uint32_t high = value_of(63 - static_cast<std::size_t>(std::countl_zero(gate.phase.mask)));
        pairs_.push_back({number, low, high});
        values_[low].turned += gate.phase.angle;
        values_[high].turned += gate.phase.angle;
        values_[network_of(low)].network = network_of(high);
      } else if (gate.kind == GateKind::phase && gate.phase.mask == gate.phase.value &&
                 std::has_single_bit(gate.phase.mask)) {
        Value& value = values_[value_of(static_cast<std::size_t>(std::countr_zero(gate.phase.mask)))];
        if (value.single == kNone) {
          value.single = number;
          value.angle += gate.phase.angle;
          value.turned += gate.phase.angle;
        }
      }
    }
  }

  static bool is_nothing(double angle) { return std::abs(reduce_angle(angle)) < kNegligibleSum; }

  void count_networks() {
    for (std::uint32_t number = 0; number < values_.size(); ++number) {
      const Value& value = values_[number];
      values_[network_of(number)].gain += (is_nothing(value.angle) ? 0 : 1) - (is_nothing(value.turned) ? 0 : 1);
    }
  }

  void rewrite() {
    if (std::ranges::none_of(values_, [](const Value& value) { return value.gain > 0; })) {
      return;
    }
    std::vector<Gate> gates;
    gates.swap(list_.gates);
    list_.gates.reserve(gates.size() + values_.size());
    std::vector<std::uint8_t> gone(gates.size());
    for (std::uint32_t number = 0; number < values_.size(); ++number) {
      if (values_[number].single != kNone && is_turned(number)) {
        gone[values_[number].single] = 1;
      }
    }
    auto pair = pairs_.begin();
    for (std::uint32_t number = 0; number < gates.size(); ++number) {
      const bool is_next_pair = pair != pairs_.end() && pair->gate == number;
      if (is_next_pair && is_turned(pair->low)) {
        turn_back(*pair, gates[number].phase);
      } else if (gone[number] == 0) {
        list_.gates.push_back(gates[number]);
      }
      pair += is_next_pair ? 1 : 0;
    }
  }

  bool is_turned(std::uint32_t value) { return values_[network_of(value)].gain > 0; }

  void turn_back(const Pair& pair, const PhaseTerm& term) {
    append_phase(list_, {.mask = term.mask, .value = term.mask, .angle = -2 * term.angle, .parity = false});
    add_single(values_[pair.low], term.mask & -term.mask);
    add_single(values_[pair.high], term.mask & (term.mask - 1));
  }

  /// What is left of the phase of a value's own, beside the first of its pairs.
  void add_single(Value& value, std::uint64_t bit) {
    if (!value.added && !is_nothing(value.turned)) {
      append_phase(list_, {.mask = bit, .value = bit, .angle = value.turned, .parity = false});
    }
    value.added = true;
  }

  GateList& list_;
  std::vector<std::uint32_t> value_of_;  ///< By qubit: the value it holds now.
  std::vector<Value> values_;
  std::vector<Pair> pairs_;
};

}  // namespace

void pair_phases(GateList& list, const PassOptions& /*options*/) {
  if (std::ranges::any_of(list.gates, is_pair)) {
    Pairing(list).run();
  }
}

}  // namespace basalt::quantum
