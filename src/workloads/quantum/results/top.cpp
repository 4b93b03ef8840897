#include "workloads/quantum/results/top.h"

#include <mutex>

#include "workloads/quantum/results/basis_map.h"

namespace basalt::quantum {

std::vector<TopState> top_states(const StateView& state, std::uint64_t count, double norm) {
  const BitScatter basis_of = basis_of_index(state.qubit_map(), state.field.axes);
  const std::uint64_t blocks = state.block_count();
  const std::uint64_t tasks = std::min<std::uint64_t>(blocks, 64);
  BestStates best(count);
  std::mutex merging;
  state.arena.for_each(tasks, state.cancel, [&](std::uint64_t task) {
    BestStates mine(count);
    FoldBuffer buffer = fold_buffer(state.block_elements());
    for (std::uint64_t block = task * blocks / tasks; block < (task + 1) * blocks / tasks; ++block) {
      if (block % 64 == 0) {
        state.cancel.check();
      }
      const BlockOf place = state.block(block);
      mine.offer_block(place, place.first, basis_of, buffer);
    }
    // The order is total, so the order of merging does not show.
    const std::scoped_lock lock(merging);
    for (const TopState& candidate : mine.states()) {
      best.offer(candidate);
    }
  });
  return std::move(best).sorted(norm);
}

}  // namespace basalt::quantum
