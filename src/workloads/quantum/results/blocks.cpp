#include "workloads/quantum/results/blocks.h"

#include "workloads/quantum/kernels/kernels.h"

namespace basalt::quantum {

BlockNorms measure_block_norms(const StateView& state) {
  BlockNorms result;
  result.norms.resize(state.block_count());
  state.for_each_block([&](std::uint64_t block) {
    result.norms[block] = block_norm(state.field.buffer.data(), state.field.type, block * state.block_elements(),
                                     state.block_elements());
  });
  for (const double norm : result.norms) {
    result.total += norm;
  }
  return result;
}

}  // namespace basalt::quantum
