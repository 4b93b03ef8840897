#include "workloads/quantum/results/split_shots.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace basalt::quantum {
namespace {

std::vector<std::uint64_t> split(const std::vector<double>& weights, std::uint64_t shots, std::uint64_t seed,
                                 int threads = 2) {
  HostMemory memory;
  const CancelToken cancel;
  const Arena arena(threads);
  const ShotSplit result(weights, shots, seed, 7, arena, cancel, memory);
  return {result.shots().begin(), result.shots().end()};
}

TEST(ShotSplit, GivesEveryShotToAWeightAboveZero) {
  const std::vector<double> weights{0, 0, 3, 0, 0, 1e-300, 2, 0};
  for (const std::uint64_t shots : {0U, 1U, 3U, 1000U, 1'000'000'000U}) {
    const auto got = split(weights, shots, shots);
    EXPECT_EQ(std::accumulate(got.begin(), got.end(), std::uint64_t{0}), shots);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      EXPECT_TRUE(weights[i] > 0 || got[i] == 0) << i;
    }
  }
}

TEST(ShotSplit, OfOneWeightIsAllShots) {
  EXPECT_EQ(split({0.5}, 9, 1), (std::vector<std::uint64_t>{9}));
}

// One by one below five shots a node, binomials above: in both ways the means must be right.
TEST(ShotSplit, FollowsTheWeights) {
  const std::vector<double> weights{1, 2, 3, 10};
  for (const std::uint64_t shots : {2U, 40U}) {
    constexpr int kRounds = 4000;
    std::vector<double> sums(weights.size(), 0.0);
    for (std::uint64_t seed = 0; seed < kRounds; ++seed) {
      const auto got = split(weights, shots, seed, 1);
      for (std::size_t i = 0; i < got.size(); ++i) {
        sums[i] += static_cast<double>(got[i]);
      }
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double p = weights[i] / 16;
      const double trials = static_cast<double>(shots) * kRounds;
      EXPECT_NEAR(sums[i], trials * p, 5 * std::sqrt(trials * p * (1 - p))) << i;
    }
  }
}

TEST(ShotSplit, IsTheSameOnAnyNumberOfThreads) {
  std::vector<double> weights(1 << 14);
  std::iota(weights.begin(), weights.end(), 0.0);
  EXPECT_EQ(split(weights, 1'000'000, 3, 1), split(weights, 1'000'000, 3, 4));
}

}  // namespace
}  // namespace basalt::quantum
