#include "workloads/quantum/results/sample.h"

#include <algorithm>

#include "base/hash.h"
#include "workloads/quantum/results/basis_map.h"
#include "workloads/quantum/results/split_shots.h"

namespace basalt::quantum {

std::uint64_t sample_bytes(int padded_axes, std::uint64_t shots) {
  const std::uint64_t states = std::uint64_t{1} << padded_axes;
  const std::uint64_t blocks = std::uint64_t{1} << (padded_axes - std::min(kBlockAxes, padded_axes));
  const std::uint64_t norms = 8 * blocks;
  const std::uint64_t offsets_and_sizes = 16 * blocks;
  return std::min(states, shots) * sizeof(BasisCount) + norms + ShotSplit::size_bytes(blocks) + offsets_and_sizes;
}

Samples sample(const StateView& state, std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) {
  return sample(state, measure_block_norms(state), shots, seed, stream);
}

Samples sample(const StateView& state, const BlockNorms& norms, std::uint64_t shots, std::uint64_t seed,
               std::uint64_t stream) {
  const std::uint64_t blocks = state.block_count();
  const ShotSplit split({norms.norms(), blocks}, shots, seed, stream, state.arena, state.cancel, state.memory);
  const std::span<const std::uint64_t> shots_of_block = split.shots();

  // Each block draws into its own part of the storage; afterwards the parts are moved together.
  Buffer storage(state.memory, std::min(blocks * state.block_elements(), shots) * sizeof(BasisCount));
  const Buffer parts(state.memory, 16 * blocks);
  auto* offset = parts.as<std::uint64_t>();
  std::uint64_t* size = offset + blocks;
  for (std::uint64_t block = 0, next = 0; block < blocks; ++block) {
    offset[block] = next;
    next += std::min(state.block_elements(), shots_of_block[block]);
  }
  auto* drawn = storage.as<BasisCount>();
  const BitScatter basis_of = basis_of_index(state.qubit_map(), state.field.axes);
  state.for_each_run([&](std::uint64_t first, std::uint64_t end) {
    BlockDrawer drawer(basis_of, state.block_elements());
    for (std::uint64_t block = first; block < end; ++block) {
      BasisCount* const begin = drawn + offset[block];
      const DrawKey key{.seed = seed, .stream = mix(~stream, block)};
      const BlockOf place = state.block(block);
      const std::uint64_t shots_here = shots_of_block[block];
      size[block] = shots_here == 0
                        ? 0
                        : static_cast<std::uint64_t>(drawer.draw(place, place.first, shots_here, key, begin) - begin);
    }
  });
  std::uint64_t used = 0;
  for (std::uint64_t block = 0; block < blocks; ++block) {
    std::copy_n(drawn + offset[block], size[block], drawn + used);
    used += size[block];
  }
  return {std::move(storage), used};
}

}  // namespace basalt::quantum
