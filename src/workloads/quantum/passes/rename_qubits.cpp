// SWAP and X move and invert whole qubits: the map says so at the end, and later gates are told.

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "workloads/quantum/passes/steps.h"

namespace basalt::quantum {
namespace {

bool renames(const Gate& gate) {
  const bool moves = gate.kind == GateKind::exchange || gate.kind == GateKind::swap;
  return moves && gate.control.value == 0 && (gate.control.mask & (gate.control.mask - 1)) == 0 &&
         (gate.control.mask == 0 || gate.kind == GateKind::exchange);
}

class Renaming {
 public:
  explicit Renaming(GateList& list) : list_(list), place_(list.qubit_count) {
    std::iota(place_.begin(), place_.end(), std::uint8_t{0});
  }

  void run() {
    std::vector<Gate> gates;
    gates.swap(list_.gates);
    list_.gates.reserve(gates.size());
    for (Gate& gate : gates) {
      add(gate);
    }
    change_map();
  }

 private:
  void add(Gate& gate) {
    if (gate.kind == GateKind::phase) {
      add_phase(gate.phase);
      return;
    }
    gate.control = renamed(gate.control);
    if (gate.kind == GateKind::dense) {
      rename_dense(gate);
      list_.gates.push_back(gate);
    } else if (gate.kind == GateKind::exchange) {
      add_exchange(gate);
    } else {
      add_swap(gate);
    }
  }

  [[nodiscard]] std::uint64_t renamed(std::uint64_t mask) const {
    std::uint64_t result = 0;
    for (; mask != 0; mask &= mask - 1) {
      result |= std::uint64_t{1} << place_[static_cast<std::size_t>(std::countr_zero(mask))];
    }
    return result;
  }

  [[nodiscard]] ControlMask renamed(const ControlMask& control) const {
    const std::uint64_t mask = renamed(control.mask);
    return {mask, renamed(control.value) ^ (mask & flipped_)};
  }

  void add_phase(const PhaseTerm& term) {
    PhaseTerm moved = term;
    moved.mask = renamed(term.mask);
    if (!term.parity) {
      moved.value = renamed(term.value) ^ (moved.mask & flipped_);
    } else if (std::popcount(moved.mask & flipped_) % 2 != 0) {
      list_.global_phase += moved.angle;
      moved.angle = -moved.angle;
    }
    append_phase(list_, moved);
  }

  void rename_dense(Gate& gate) {
    std::array<std::uint8_t, kMaxGateTargets> order{};
    std::array<std::uint8_t, kMaxGateTargets> targets{};
    std::size_t inverted = 0;
    const std::size_t count = gate.target_count;
    bool changed = false;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint8_t target = place_[gate.targets[i]];
      inverted |= (flipped_ >> target & 1) << i;
      std::size_t at = i;
      for (; at > 0 && targets[at - 1] > target; --at) {
        targets[at] = targets[at - 1];
        order[at] = order[at - 1];
        changed = true;
      }
      targets[at] = target;
      order[at] = static_cast<std::uint8_t>(i);
    }
    gate.targets = targets;
    if (changed || inverted != 0) {
      permute(list_.matrix(gate), count, order, inverted);
    }
  }

  /// New basis state x is the old one with bit order[i] equal to bit i of x, then inverted.
  static void permute(std::span<Complex> matrix, std::size_t count,
                      const std::array<std::uint8_t, kMaxGateTargets>& order, std::size_t inverted) {
    const std::size_t width = std::size_t{1} << count;
    const std::vector<Complex> before(matrix.begin(), matrix.end());
    std::array<std::size_t, std::size_t{1} << kMaxGateTargets> old{};
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t i = 0; i < count; ++i) {
        old[x] |= (x >> i & 1) << order[i];
      }
      old[x] ^= inverted;
    }
    for (std::size_t row = 0; row < width; ++row) {
      for (std::size_t column = 0; column < width; ++column) {
        matrix[row * width + column] = before[old[row] * width + old[column]];
      }
    }
  }

  void add_exchange(const Gate& gate) {
    const Qubit target = place_[gate.targets[0]];
    if (gate.control.mask == 0) {
      flip(target);
      return;
    }
    ControlMask control = gate.control;
    if (std::has_single_bit(control.mask) && control.value == 0) {
      control.value = control.mask;
      flip(target);
    }
    list_.gates.push_back(make_exchange(control, target));
  }

  void add_swap(const Gate& gate) {
    std::uint8_t& a = place_[gate.targets[0]];
    std::uint8_t& b = place_[gate.targets[1]];
    if (gate.control.mask == 0) {
      std::swap(a, b);
      return;
    }
    if ((flipped_ >> a & 1) != (flipped_ >> b & 1)) {
      // It would invert only what it swaps: one of the two must hold its value as it is.
      const Qubit inverted = (flipped_ >> a & 1) != 0 ? a : b;
      list_.gates.push_back(make_exchange({}, inverted));
      flip(inverted);
    }
    list_.gates.push_back(make_swap(gate.control, a, b));
  }

  void flip(Qubit axis) { flipped_ ^= std::uint64_t{1} << axis; }

  void change_map() {
    QubitMap& map = list_.map;
    if (map.axis.empty()) {
      map.axis = place_;
    } else {
      for (std::uint8_t& axis : map.axis) {
        axis = place_[axis];
      }
    }
    map.flipped = renamed(map.flipped) ^ flipped_;
  }

  GateList& list_;
  std::vector<std::uint8_t> place_;  ///< By qubit of the list: the axis that holds it now.
  std::uint64_t flipped_ = 0;        ///< Axes that hold the opposite.
};

}  // namespace

void rename_qubits(GateList& list, const PassOptions& /*options*/) {
  if (std::ranges::any_of(list.gates, renames)) {
    Renaming(list).run();
  }
}

}  // namespace basalt::quantum
