#include "workloads/quantum/results/top.h"

#include <mutex>

#include "workloads/quantum/results/basis_map.h"

namespace basalt::quantum {

std::vector<TopState> top_states(const StateView& state, std::uint64_t count, double norm) {
  BestStates best(count);
  offer_states(state, 0, count, basis_of_index(state.qubit_map(), state.field.axes), best);
  return std::move(best).sorted(norm);
}

void offer_states(const StateView& piece, std::uint64_t first, std::uint64_t count, const BitScatter& basis_of,
                  BestStates& best) {
  const std::uint64_t blocks = piece.block_count();
  const std::uint64_t tasks = std::min<std::uint64_t>(blocks, 64);
  std::mutex merging;
  piece.arena.for_each(tasks, piece.cancel, [&](std::uint64_t task) {
    BestStates mine(count);
    FoldBuffer buffer = fold_buffer(piece.block_elements());
    for (std::uint64_t block = task * blocks / tasks; block < (task + 1) * blocks / tasks; ++block) {
      if (block % 64 == 0) {
        piece.cancel.check();
      }
      const BlockOf place = piece.block(block);
      mine.offer_block(place, first + place.first, basis_of, buffer);
    }
    // The order is total, so the order of merging does not show.
    const std::scoped_lock lock(merging);
    for (const TopState& candidate : mine.states()) {
      best.offer(candidate);
    }
  });
}

}  // namespace basalt::quantum
