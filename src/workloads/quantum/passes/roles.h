// What gates do to single qubits, as far as their order matters.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "workloads/quantum/angle.h"
#include "workloads/quantum/gate_list.h"

namespace basalt::quantum {

/// Masks of qubits. Two gates commute if on each qubit that both touch they play the same role, and that is not `mix`:
/// what only looks at values commutes with itself, and so do exchanges of the same target.
struct Roles {
  std::uint64_t looks = 0;  ///< The value only selects.
  std::uint64_t flips = 0;  ///< The value is inverted, or not.
  std::uint64_t mixes = 0;  ///< Anything else.

  [[nodiscard]] std::uint64_t touched() const noexcept { return looks | flips | mixes; }
};

inline Roles roles_of(const Gate& gate) noexcept {
  Roles roles{.looks = read_mask(gate), .flips = 0, .mixes = 0};
  if (gate.kind == GateKind::exchange) {
    roles.flips = std::uint64_t{1} << gate.targets[0];
  } else if (gate.kind != GateKind::phase) {
    roles.mixes = target_mask(gate);
  }
  return roles;
}

/// X of one target under one control that must be 1.
inline bool is_cx(const Gate& gate) noexcept {
  const std::uint64_t mask = gate.control.mask;
  return gate.kind == GateKind::exchange && mask != 0 && (mask & (mask - 1)) == 0 && gate.control.value == mask;
}

/// A phase of π of one value of its qubits.
inline bool is_sign(const Gate& gate) noexcept {
  return gate.kind == GateKind::phase && !gate.phase.parity &&
         is_negligible(std::abs(gate.phase.angle) - std::numbers::pi);
}

}  // namespace basalt::quantum
