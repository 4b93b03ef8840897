#include "workloads/quantum/results/blocks.h"

#include <bit>
#include <numeric>
#include <vector>

#include "workloads/quantum/kernels/walk.h"
#include "workloads/quantum/results/fold_buffer.h"

namespace basalt::quantum {

BlockNorms measure_block_norms(const StateView& state) {
  Buffer norms(state.memory, 8 * state.block_count());
  auto* norm = norms.as<double>();
  state.for_each_run([&](std::uint64_t first, std::uint64_t end) {
    for (std::uint64_t block = first; block < end; ++block) {
      norm[block] = block_norm(state.block(block));
    }
  });
  return total_norms(std::move(norms));
}

BlockNorms total_norms(Buffer norms) {
  double total = 0;
  for (const double norm : norms.view<double>()) {
    total += norm;
  }
  return BlockNorms(std::move(norms), total);
}

double measure_norm_where(const StateView& state, ControlMask keep) {
  const std::uint64_t inside = state.block_elements() - 1;
  const std::uint64_t fixed_blocks = keep.mask >> state.block_axes();
  const std::uint64_t value_blocks = keep.value >> state.block_axes();
  const std::uint64_t blocks = state.block_count() >> std::popcount(fixed_blocks);
  constexpr std::uint64_t kPieces = 64;
  const std::uint64_t pieces = std::min(blocks, kPieces);
  std::vector<double> sums(pieces, 0.0);
  state.arena.for_each(pieces, state.cancel, [&](std::uint64_t piece) {
    FoldBuffer buffer = fold_buffer(state.block_elements());
    const Range range = range_of({piece, pieces}, blocks);
    for (std::uint64_t rank = range.begin; rank < range.end; ++rank) {
      block_probabilities(state.block(Walk(fixed_blocks, rank).index() | value_blocks), numbers(buffer));
      Walk kept(keep.mask & inside, 0);
      for (std::uint64_t left = state.block_elements() >> std::popcount(keep.mask & inside); left != 0; --left) {
        sums[piece] += numbers(buffer)[kept.index() | (keep.value & inside)];
        kept.advance();
      }
    }
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

ControlMask where_measured(const QubitMap& map, std::span<const std::uint32_t> qubits,
                           std::span<const std::uint8_t> bits) {
  ControlMask result;
  for (std::size_t i = 0; i < qubits.size(); ++i) {
    const std::uint64_t axis = std::uint64_t{1} << map.axis_of(qubits[i]);
    result.mask |= axis;
    result.value |= (bits[i] != 0) != ((map.flipped & axis) != 0) ? axis : 0;
  }
  return result;
}

}  // namespace basalt::quantum
