// The latest gate of each kind, qubits and selection, found in constant time.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "workloads/quantum/gate_list.h"

namespace basalt::quantum {

/// Whether two gates act alike: the same kind on the same qubits under the same conditions. Angles and matrices may
/// differ.
inline bool act_alike(const Gate& a, const Gate& b) noexcept {
  if (a.kind != b.kind) {
    return false;
  }
  if (a.kind == GateKind::phase) {
    return a.phase.mask == b.phase.mask && a.phase.value == b.phase.value && a.phase.parity == b.phase.parity;
  }
  return a.control.mask == b.control.mask && a.control.value == b.control.value && a.target_count == b.target_count &&
         a.targets == b.targets;
}

/// Gates by what they act on, those that act alike as a stack. Gates are numbered; their order of numbers is the
/// caller's.
class LatestGates {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  explicit LatestGates(const std::vector<Gate>& gates)
      : gates_(gates), slots_(std::bit_ceil(2 * gates.size() + 2), Slot{0, kNone}), before_(gates.size(), kNone) {}

  /// The latest pushed gate that acts like `gate`, or kNone.
  [[nodiscard]] std::uint32_t find(const Gate& gate) {
    const std::uint32_t found = slot_of(gate).gate;
    return found != kNone && act_alike(gates_[found], gate) ? found : kNone;
  }

  void push(std::uint32_t number) {
    Slot& slot = slot_of(gates_[number]);
    before_[number] = slot.gate;
    slot.gate = number;
  }

  /// Takes out what `find` gives for this gate.
  void pop(const Gate& gate) {
    Slot& slot = slot_of(gate);
    slot.gate = before_[slot.gate];
  }

 private:
  struct Slot {
    std::uint64_t hash;  ///< 0: free.
    std::uint32_t gate;
  };

  static std::uint64_t hash_of(const Gate& gate) noexcept {
    const std::uint64_t hash =
        gate.kind == GateKind::phase
            ? mix(gate.phase.mask, gate.phase.value + (gate.phase.parity ? 1 : 0))
            : mix(mix(gate.control.mask ^ (std::uint64_t{gate.target_count} << 56), gate.control.value),
                  std::bit_cast<std::uint64_t>(std::array<std::uint8_t, 8>{
                      gate.targets[0], gate.targets[1], gate.targets[2], gate.targets[3], gate.targets[4],
                      gate.targets[5], static_cast<std::uint8_t>(gate.kind), 1}));
    return hash | 1;
  }

  /// Gates that do not act alike but share a hash share a stack: they only hide one another.
  Slot& slot_of(const Gate& gate) {
    const std::uint64_t hash = hash_of(gate);
    std::size_t place = hash >> 1;
    for (;; ++place) {
      Slot& slot = slots_[place & (slots_.size() - 1)];
      if (slot.hash == hash || slot.hash == 0) {
        slot.hash = hash;
        return slot;
      }
    }
  }

  const std::vector<Gate>& gates_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> before_;
};

}  // namespace basalt::quantum
