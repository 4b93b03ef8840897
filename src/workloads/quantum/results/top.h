// The most probable basis states.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/quantum/results/best_states.h"
#include "workloads/quantum/results/blocks.h"

namespace basalt::quantum {

/// The `count` most probable basis states with probability above 0, most probable first, equals by index.
/// `norm` is Σ|a|² of the state.
std::vector<TopState> top_states(const StateView& state, std::uint64_t count, double norm);

/// Shows `best` all of `piece`, which begins with element `first` of a field.
void offer_states(const StateView& piece, std::uint64_t first, std::uint64_t count, const BitScatter& basis_of,
                  BestStates& best);

}  // namespace basalt::quantum
