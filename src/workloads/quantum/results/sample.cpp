#include "workloads/quantum/results/sample.h"

#include <algorithm>
#include <complex>

#include "base/hash.h"
#include "base/random.h"

namespace basalt::quantum {
namespace {

/// Below this many shots a block draws one uniform number per shot; from it on, one binomial per basis state.
constexpr std::uint64_t kManyShots = 2048;

template <typename Real>
double probability_of(const std::complex<Real>& amplitude) {
  const double re = amplitude.real();
  const double im = amplitude.imag();
  return re * re + im * im;
}

/// The draws inside one block. Appends at `out`, at most min(shots, elements) entries; returns the end.
template <typename Real>
class BlockSampler {
 public:
  BlockSampler(const std::complex<Real>* amplitudes, std::uint64_t elements, std::uint64_t first)
      : amplitudes_(amplitudes), elements_(elements), first_(first) {
    for (std::uint64_t i = 0; i < elements; ++i) {
      const double probability = probability_of(amplitudes[i]);
      total_ += probability;
      if (probability > 0) {
        last_possible_ = i;
      }
    }
  }

  BasisCount* draw(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream, BasisCount* out) const {
    return shots < kManyShots ? draw_each(shots, CounterRandom(seed, stream), out)
                              : draw_counts(shots, seed, stream, out);
  }

 private:
  BasisCount* draw_each(std::uint64_t shots, const CounterRandom& random, BasisCount* out) const {
    std::vector<double> marks(shots);
    for (std::uint64_t shot = 0; shot < shots; ++shot) {
      marks[shot] = random.uniform(shot) * total_;
    }
    std::ranges::sort(marks);
    std::uint64_t next = 0;
    double below = 0;
    for (std::uint64_t i = 0; i < elements_ && next < shots; ++i) {
      below += probability_of(amplitudes_[i]);
      const std::uint64_t before = next;
      while (next < shots && (marks[next] < below || i == last_possible_)) {
        ++next;
      }
      if (next > before) {
        *out++ = {first_ + i, next - before};
      }
    }
    return out;
  }

  BasisCount* draw_counts(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream, BasisCount* out) const {
    double left = total_;
    for (std::uint64_t i = 0; i <= last_possible_ && shots > 0; ++i) {
      const double probability = probability_of(amplitudes_[i]);
      const CounterRandom random(seed, mix(stream, i));
      const std::uint64_t count =
          i == last_possible_ ? shots : binomial(random, 0, shots, left > 0 ? probability / left : 0);
      left -= probability;
      if (count > 0) {
        *out++ = {first_ + i, count};
        shots -= count;
      }
    }
    return out;
  }

  const std::complex<Real>* amplitudes_;
  std::uint64_t elements_;
  std::uint64_t first_;
  double total_ = 0;
  std::uint64_t last_possible_ = 0;
};

/// Splits `shots` over blocks in proportion to their norms, by binomial draws down a binary tree. The tree lies in
/// arrays: node k has children 2k and 2k+1, the leaves are the last `blocks` nodes.
struct ShotTree {
  Buffer masses;
  Buffer counts;
  std::uint64_t blocks;

  ShotTree(const StateView& state, const BlockNorms& norms)
      : masses(state.memory, 16 * state.block_count()),
        counts(state.memory, 16 * state.block_count()),
        blocks(state.block_count()) {
    auto* mass = masses.as<double>();
    std::copy_n(norms.norms(), blocks, mass + blocks);
    for (std::uint64_t node = blocks - 1; node >= 1; --node) {
      mass[node] = mass[2 * node] + mass[2 * node + 1];
    }
  }

  /// The shots of each block.
  const std::uint64_t* split(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) const {
    const auto* mass = masses.as<double>();
    auto* count = counts.as<std::uint64_t>();
    count[1] = shots;
    for (std::uint64_t node = 1; node < blocks; ++node) {
      const CounterRandom random(seed, mix(stream, node));
      count[2 * node] = count[node] == 0 ? 0 : binomial(random, 0, count[node], mass[2 * node] / mass[node]);
      count[2 * node + 1] = count[node] - count[2 * node];
    }
    return count + blocks;
  }
};

}  // namespace

std::uint64_t sample_bytes(int padded_axes, std::uint64_t shots) {
  const std::uint64_t states = std::uint64_t{1} << padded_axes;
  const std::uint64_t blocks = std::uint64_t{1} << (padded_axes - std::min(kBlockAxes, padded_axes));
  const std::uint64_t norms_and_tree = blocks * (8 + 16 + 16);
  const std::uint64_t offsets_and_sizes = blocks * 16;
  return std::min(states, shots) * sizeof(BasisCount) + norms_and_tree + offsets_and_sizes;
}

Samples sample(const StateView& state, std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) {
  const std::uint64_t blocks = state.block_count();
  const std::uint64_t elements = state.block_elements();
  const BlockNorms norms = measure_block_norms(state);
  const ShotTree tree(state, norms);
  const std::uint64_t* shots_of_block = tree.split(shots, seed, stream);

  // Each block draws into its own part of the storage; afterwards the parts are moved together.
  Buffer storage(state.memory, std::min(blocks * elements, shots) * sizeof(BasisCount));
  const Buffer parts(state.memory, 16 * blocks);
  auto* offset = parts.as<std::uint64_t>();
  std::uint64_t* size = offset + blocks;
  for (std::uint64_t block = 0, next = 0; block < blocks; ++block) {
    offset[block] = next;
    next += std::min(elements, shots_of_block[block]);
  }
  auto* drawn = storage.as<BasisCount>();
  state.for_each_block([&](std::uint64_t block) {
    if (shots_of_block[block] == 0) {
      size[block] = 0;
      return;
    }
    const std::uint64_t first = block * elements;
    const std::uint64_t block_stream = mix(~stream, block);
    BasisCount* begin = drawn + offset[block];
    const auto draw = [&](const auto* amplitudes) {
      return BlockSampler(amplitudes + first, elements, first).draw(shots_of_block[block], seed, block_stream, begin);
    };
    const BasisCount* end = state.field.type == ElementType::c64 ? draw(state.field.buffer.as<std::complex<float>>())
                                                                 : draw(state.field.buffer.as<std::complex<double>>());
    size[block] = static_cast<std::uint64_t>(end - begin);
  });
  std::uint64_t used = 0;
  for (std::uint64_t block = 0; block < blocks; ++block) {
    std::copy_n(drawn + offset[block], size[block], drawn + used);
    used += size[block];
  }
  return {std::move(storage), used};
}

}  // namespace basalt::quantum
