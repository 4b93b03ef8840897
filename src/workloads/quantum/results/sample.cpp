#include "workloads/quantum/results/sample.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "workloads/quantum/results/basis_map.h"

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
  const BitScatter basis_of = basis_of_index(state.qubit_map(), state.field.axes);
  ShotDraw draw({norms.norms(), state.block_count()}, state.block_elements(), basis_of, shots,
                {.seed = seed, .stream = stream}, state.arena, state.cancel, state.memory);
  draw.draw(state, 0);
  return std::move(draw).finish();
}

ShotDraw::ShotDraw(std::span<const double> norms, std::uint64_t block_elements, const BitScatter& basis_of,
                   std::uint64_t shots, DrawKey key, const Arena& arena, const CancelToken& cancel,
                   MemoryResource& memory)
    : basis_of_(basis_of),
      block_elements_(block_elements),
      key_(key),
      split_(norms, shots, key.seed, key.stream, arena, cancel, memory),
      storage_(memory, std::min(norms.size() * block_elements, shots) * sizeof(BasisCount)),
      parts_(memory, 16 * norms.size()) {
  const std::span<const std::uint64_t> shots_of_block = split_.shots();
  auto* const offset = parts_.as<std::uint64_t>();
  std::fill_n(offset + norms.size(), norms.size(), std::uint64_t{0});
  for (std::uint64_t block = 0, next = 0; block < norms.size(); ++block) {
    offset[block] = next;
    next += std::min(block_elements, shots_of_block[block]);
  }
}

bool ShotDraw::wants(std::uint64_t first, std::uint64_t count) const {
  return std::ranges::any_of(split_.shots().subspan(first, count), [](std::uint64_t shots) { return shots > 0; });
}

void ShotDraw::draw(const StateView& piece, std::uint64_t first) {
  const std::span<const std::uint64_t> shots_of_block = split_.shots();
  const auto* const offset = parts_.as<std::uint64_t>();
  auto* const size = parts_.as<std::uint64_t>() + shots_of_block.size();
  auto* const drawn = storage_.as<BasisCount>();
  piece.for_each_run([&](std::uint64_t begin, std::uint64_t end) {
    BlockDrawer drawer(basis_of_, block_elements_);
    for (std::uint64_t local = begin; local < end; ++local) {
      const std::uint64_t block = first + local;
      if (const std::uint64_t shots_here = shots_of_block[block]; shots_here > 0) {
        const DrawKey key{.seed = key_.seed, .stream = mix(~key_.stream, block)};
        BasisCount* const to = drawn + offset[block];
        size[block] = static_cast<std::uint64_t>(
            drawer.draw(piece.block(local), block * block_elements_, shots_here, key, to) - to);
      }
    }
  });
}

Samples ShotDraw::finish() && {
  const std::uint64_t blocks = split_.shots().size();
  const auto* const offset = parts_.as<std::uint64_t>();
  auto* const drawn = storage_.as<BasisCount>();
  std::uint64_t used = 0;
  for (std::uint64_t block = 0; block < blocks; ++block) {
    std::copy_n(drawn + offset[block], offset[blocks + block], drawn + used);
    used += offset[blocks + block];
  }
  return {std::move(storage_), used};
}

}  // namespace basalt::quantum
