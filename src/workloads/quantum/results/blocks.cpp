#include "workloads/quantum/results/blocks.h"

namespace basalt::quantum {

BlockNorms measure_block_norms(const StateView& state) {
  Buffer norms(state.memory, 8 * state.block_count());
  auto* norm = norms.as<double>();
  state.for_each_run([&](std::uint64_t first, std::uint64_t end) {
    for (std::uint64_t block = first; block < end; ++block) {
      norm[block] = block_norm(state.block(block));
    }
  });
  double total = 0;
  for (std::uint64_t block = 0; block < state.block_count(); ++block) {
    total += norm[block];
  }
  return BlockNorms(std::move(norms), total);
}

}  // namespace basalt::quantum
