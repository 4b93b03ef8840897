// Pauli strings over a state that is split: what must go from part to part so that a string stays inside of the parts.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/quantum/results/pauli_strings.h"
#include "workloads/quantum/shaders/part_exchange.h"

namespace basalt::quantum {

/// Of PartExchange: its own inverse.
struct PartMove {
  int inside = 0;
  int outside = 0;
  bool swaps = false;  ///< swap_axes(), else flip_outside().
  friend bool operator==(const PartMove&, const PartMove&) = default;
};

void apply(const PartMove& move, PartExchange& exchange, const CancelToken& cancel);

/// ⟨ψ|P|ψ⟩ is `sign` times that of `string` on the state after the moves, in order.
struct LocalisedString {
  PauliString string;  ///< Flips no bit from part_axes on.
  double sign = 1;
  std::vector<PartMove> moves;
};

/// Parts are numbered by the bits of an index from `part_axes` > 0 on.
LocalisedString localise(PauliString string, int part_axes);

}  // namespace basalt::quantum
