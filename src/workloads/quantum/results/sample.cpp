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

/// Splits `shots` over blocks in proportion to their norms, by binomial draws down a binary tree.
std::vector<std::uint64_t> split_shots(const std::vector<double>& norms, std::uint64_t shots, std::uint64_t seed,
                                       std::uint64_t stream) {
  const std::size_t blocks = norms.size();
  std::vector<double> mass(2 * blocks);
  std::ranges::copy(norms, mass.begin() + static_cast<std::ptrdiff_t>(blocks));
  for (std::size_t node = blocks - 1; node >= 1; --node) {
    mass[node] = mass[2 * node] + mass[2 * node + 1];
  }
  std::vector<std::uint64_t> counts(2 * blocks, 0);
  counts[1] = shots;
  for (std::size_t node = 1; node < blocks; ++node) {
    if (counts[node] > 0) {
      const CounterRandom random(seed, mix(stream, node));
      counts[2 * node] = binomial(random, 0, counts[node], mass[2 * node] / mass[node]);
      counts[2 * node + 1] = counts[node] - counts[2 * node];
    }
  }
  counts.erase(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(blocks));
  return counts;
}

}  // namespace

std::uint64_t sample_bytes(int padded_axes, std::uint64_t shots) {
  const std::uint64_t states = std::uint64_t{1} << padded_axes;
  const std::uint64_t blocks = std::uint64_t{1} << (padded_axes - std::min(kBlockAxes, padded_axes));
  return std::min(states, shots) * sizeof(BasisCount) * 2 + blocks * 8 * 5;
}

std::vector<BasisCount> sample(const StateView& state, std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) {
  const BlockNorms norms = measure_block_norms(state);
  const std::uint64_t elements = state.block_elements();
  const std::vector<std::uint64_t> shots_of_block = split_shots(norms.norms, shots, seed, stream);

  std::vector<std::uint64_t> offset(shots_of_block.size() + 1, 0);
  for (std::size_t block = 0; block < shots_of_block.size(); ++block) {
    offset[block + 1] = offset[block] + std::min(elements, shots_of_block[block]);
  }
  std::vector<BasisCount> drawn(offset.back());
  std::vector<std::uint64_t> used(shots_of_block.size(), 0);
  state.for_each_block([&](std::uint64_t block) {
    if (shots_of_block[block] == 0) {
      return;
    }
    const std::uint64_t first = block * elements;
    const std::uint64_t block_stream = mix(~stream, block);
    BasisCount* out = drawn.data() + offset[block];
    const auto draw = [&](const auto* amplitudes) {
      return BlockSampler(amplitudes + first, elements, first).draw(shots_of_block[block], seed, block_stream, out);
    };
    BasisCount* end = state.field.type == ElementType::c64 ? draw(state.field.buffer.as<std::complex<float>>())
                                                           : draw(state.field.buffer.as<std::complex<double>>());
    used[block] = static_cast<std::uint64_t>(end - out);
  });

  std::vector<BasisCount> result;
  for (std::size_t block = 0; block < shots_of_block.size(); ++block) {
    const auto begin = drawn.begin() + static_cast<std::ptrdiff_t>(offset[block]);
    result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(used[block]));
  }
  return result;
}

}  // namespace basalt::quantum
