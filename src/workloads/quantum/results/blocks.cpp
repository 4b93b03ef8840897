#include "workloads/quantum/results/blocks.h"

#include "workloads/quantum/kernels/kernels.h"

namespace basalt::quantum {

BlockNorms measure_block_norms(const StateView& state) {
  Buffer norms(state.memory, 8 * state.block_count());
  auto* norm = norms.as<double>();
  state.for_each_block([&](std::uint64_t block) {
    norm[block] =
        block_norm(state.field.buffer.data(), state.field.type, block * state.block_elements(), state.block_elements());
  });
  double total = 0;
  for (std::uint64_t block = 0; block < state.block_count(); ++block) {
    total += norm[block];
  }
  return BlockNorms(std::move(norms), total);
}

}  // namespace basalt::quantum
