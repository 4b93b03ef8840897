#include "workloads/quantum/results/split_shots.h"

#include <algorithm>

#include "base/hash.h"
#include "base/random.h"

namespace basalt::quantum {
namespace {

/// Up to so many shots are drawn one by one: cheaper than a binomial.
constexpr std::uint64_t kFewShots = 4;

std::uint64_t draw_left(std::uint64_t shots, double left, double both, const CounterRandom& random) {
  if (shots == 0 || left <= 0) {
    return 0;
  }
  if (left >= both) {
    return shots;
  }
  if (shots > kFewShots) {
    return binomial(random, 0, shots, left / both);
  }
  std::uint64_t count = 0;
  for (std::uint64_t shot = 0; shot < shots; ++shot) {
    count += random.uniform(shot) * both < left ? 1 : 0;
  }
  return count;
}

/// Calls body(i) for i from `first` to 2·first − 1, on several threads where there are many.
template <typename Body>
void for_level(std::uint64_t first, const Arena& arena, const CancelToken& cancel, const Body& body) {
  constexpr std::uint64_t kPiece = 1024;
  arena.for_each((first + kPiece - 1) / kPiece, cancel, [&](std::uint64_t piece) {
    const std::uint64_t end = std::min(2 * first, first + (piece + 1) * kPiece);
    for (std::uint64_t i = first + piece * kPiece; i < end; ++i) {
      body(i);
    }
  });
}

}  // namespace

// The tree lies in arrays: node k has children 2k and 2k+1, the leaves are the last `weights` nodes.
ShotSplit::ShotSplit(std::span<const double> weights, std::uint64_t shots, std::uint64_t seed, std::uint64_t stream,
                     const Arena& arena, const CancelToken& cancel, MemoryResource& memory)
    : tree_(memory, size_bytes(weights.size())), weights_(weights.size()) {
  auto* const mass = tree_.as<double>();
  auto* const count = tree_.as<std::uint64_t>() + 2 * weights_;
  std::ranges::copy(weights, mass + weights_);
  for (std::uint64_t node = weights_ - 1; node >= 1; --node) {
    mass[node] = mass[2 * node] + mass[2 * node + 1];
  }
  count[1] = shots;
  for (std::uint64_t level = 1; level < weights_; level *= 2) {
    for_level(level, arena, cancel, [&](std::uint64_t node) {
      const CounterRandom random(seed, mix(stream, node));
      count[2 * node] = draw_left(count[node], mass[2 * node], mass[node], random);
      count[2 * node + 1] = count[node] - count[2 * node];
    });
  }
}

std::span<const std::uint64_t> ShotSplit::shots() const noexcept {
  return {tree_.as<std::uint64_t>() + 3 * weights_, weights_};
}

}  // namespace basalt::quantum
