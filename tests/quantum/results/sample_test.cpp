// Sampling: chi-square against the exact distribution, in both of its ways of drawing, and its guarantees.

#include "workloads/quantum/results/sample.h"

#include <gtest/gtest.h>

#include <cmath>

#include "state_fixture.h"

namespace basalt {
namespace {

/// Pearson's statistic over the bins that expect at least 5, and its degrees of freedom.
std::pair<double, int> chi_square(const reference::State& state, const quantum::Samples& samples, double shots) {
  std::vector<double> observed(state.size(), 0.0);
  for (const auto& drawn : samples.counts()) {
    observed.at(drawn.index) = static_cast<double>(drawn.count);
  }
  double statistic = 0;
  int bins = 0;
  double rest_expected = 0;
  double rest_observed = 0;
  for (std::size_t i = 0; i < state.size(); ++i) {
    const double expected = shots * std::norm(state[i]);
    if (expected >= 5) {
      statistic += (observed[i] - expected) * (observed[i] - expected) / expected;
      ++bins;
    } else {
      rest_expected += expected;
      rest_observed += observed[i];
    }
  }
  if (rest_expected >= 5) {
    statistic += (rest_observed - rest_expected) * (rest_observed - rest_expected) / rest_expected;
    ++bins;
  }
  return {statistic, bins - 1};
}

/// Chi-square is about normal for many degrees of freedom; five standard deviations with fixed seeds.
void expect_fits(const reference::State& state, std::uint64_t shots, std::uint64_t seed) {
  StateFixture fixture(state, ElementType::c128);
  const auto [statistic, freedom] =
      chi_square(state, sample(fixture.view(), shots, seed, 3), static_cast<double>(shots));
  ASSERT_GT(freedom, 0);
  EXPECT_LT(statistic, freedom + 5 * std::sqrt(2.0 * freedom) + 10) << "seed " << seed;
  EXPECT_GT(statistic, freedom - 5 * std::sqrt(2.0 * freedom) - 10) << "suspiciously close; seed " << seed;
}

TEST(Sample, FewShotsFitTheDistribution) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    expect_fits(reference::random_state(8, seed), 2000, seed);
  }
}

TEST(Sample, ManyShotsFitTheDistribution) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    expect_fits(reference::random_state(6, seed), 1'000'000, seed);
  }
}

TEST(Sample, ShotsAreSplitOverBlocksAsTheNormsSay) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    expect_fits(reference::random_state(14, seed), 200'000, seed);
  }
}

TEST(Sample, HugeNumbersOfShotsTakeNoMoreThanTheState) {
  const reference::State state = reference::random_state(4, 3);
  StateFixture fixture(state, ElementType::c64);
  const auto samples = sample(fixture.view(), 1'000'000'000, 1, 2);
  std::uint64_t total = 0;
  for (const auto& drawn : samples.counts()) {
    total += drawn.count;
    EXPECT_NEAR(static_cast<double>(drawn.count) / 1e9, std::norm(state[drawn.index]), 1e-4);
  }
  EXPECT_EQ(total, 1'000'000'000U);
}

TEST(Sample, ImpossibleStatesNeverComeUp) {
  reference::State state(std::size_t{1} << 13, 0.0);
  state[0] = state[4095] = state[4096] = state[8191] = 0.5;
  StateFixture fixture(state, ElementType::c64);
  for (const std::uint64_t shots : {1U, 7U, 1000U, 100'000U}) {
    std::uint64_t total = 0;
    const auto samples = sample(fixture.view(), shots, shots, 2);
    for (const auto& drawn : samples.counts()) {
      EXPECT_NE(std::norm(state[drawn.index]), 0);
      total += drawn.count;
    }
    EXPECT_EQ(total, shots);
  }
}

TEST(Sample, IsTheSameOnAnyNumberOfThreads) {
  const reference::State state = reference::random_state(15, 4);
  StateFixture one(state, ElementType::c64, 1);
  StateFixture four(state, ElementType::c64, 4);
  const auto a = sample(one.view(), 5000, 42, 7);
  const auto b = sample(four.view(), 5000, 42, 7);
  ASSERT_EQ(a.counts().size(), b.counts().size());
  for (std::size_t i = 0; i < a.counts().size(); ++i) {
    EXPECT_EQ(a.counts()[i].index, b.counts()[i].index);
    EXPECT_EQ(a.counts()[i].count, b.counts()[i].count);
  }
}

TEST(Sample, DifferentSeedsGiveDifferentDraws) {
  const reference::State state = reference::random_state(10, 4);
  StateFixture fixture(state, ElementType::c64);
  const auto a = sample(fixture.view(), 1000, 1, 7);
  const auto b = sample(fixture.view(), 1000, 2, 7);
  bool differ = a.counts().size() != b.counts().size();
  for (std::size_t i = 0; !differ && i < a.counts().size(); ++i) {
    differ = a.counts()[i].index != b.counts()[i].index || a.counts()[i].count != b.counts()[i].count;
  }
  EXPECT_TRUE(differ);
}

TEST(Sample, TakesExactlyTheMemoryItAnnounces) {
  for (const int qubits : {3, 12, 15}) {
    for (const std::uint64_t shots : {1U, 1000U, 100'000U}) {
      const reference::State state = reference::random_state(qubits, 4);
      StateFixture fixture(state, ElementType::c64);
      LimitAdaptor counted(fixture.memory, std::uint64_t{1} << 40);
      const quantum::StateView view{fixture.field, fixture.arena, fixture.cancel, counted};
      (void)sample(view, shots, 1, 2);
      EXPECT_EQ(counted.peak_bytes(), quantum::sample_bytes(fixture.field.padded_axes(), shots));
      EXPECT_EQ(counted.current_bytes(), 0U);
    }
  }
}

}  // namespace
}  // namespace basalt
