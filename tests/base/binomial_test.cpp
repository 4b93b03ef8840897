// Binomial draws against the exact distribution, and the edges.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"

namespace basalt {
namespace {

double log_mass(double n, double p, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(p) + (n - k) * std::log1p(-p);
}

/// χ² that a correct sampler exceeds once in about 10^6 runs (Wilson and Hilferty).
double critical_value(double degrees) {
  constexpr double kNormalQuantile = 4.75;
  const double spread = 2 / (9 * degrees);
  return degrees * std::pow(1 - spread + kNormalQuantile * std::sqrt(spread), 3);
}

struct Case {
  std::uint64_t trials;
  double probability;
};

class BinomialDistribution : public testing::TestWithParam<Case> {};

TEST_P(BinomialDistribution, PassesChiSquare) {
  constexpr std::uint64_t kDraws = 200000;
  const auto [trials, probability] = GetParam();
  const auto n = static_cast<double>(trials);
  const double mean = n * probability;
  const double reach = 12 * std::sqrt(mean * (1 - probability)) + 12;
  const auto first = static_cast<std::uint64_t>(std::max(0.0, std::floor(mean - reach)));
  const auto last = static_cast<std::uint64_t>(std::min(n, std::ceil(mean + reach)));

  std::vector<double> observed(last - first + 1);
  const CounterRandom random(2024, trials);
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    const std::uint64_t value = binomial(random, draw * kBinomialIndices, trials, probability);
    ASSERT_GE(value, first);
    ASSERT_LE(value, last);
    ++observed[value - first];
  }

  // neighbouring values are put together until at least 20 are expected
  double statistic = 0;
  double bins = 0;
  double expected_sum = 0;
  double observed_sum = 0;
  double expected_left = kDraws;
  for (std::uint64_t value = first; value <= last; ++value) {
    const double expected = kDraws * std::exp(log_mass(n, probability, static_cast<double>(value)));
    expected_sum += expected;
    observed_sum += observed[value - first];
    expected_left -= expected;
    if ((expected_sum >= 20 && expected_left >= 20) || value == last) {
      statistic += (observed_sum - expected_sum) * (observed_sum - expected_sum) / std::max(expected_sum, 1e-9);
      bins += 1;
      expected_sum = observed_sum = 0;
    }
  }
  ASSERT_GT(bins, 1);
  EXPECT_LT(statistic, critical_value(bins - 1)) << bins << " bins";
}

// Either side of the change of method at n·p = 10, both halves of p, few and many trials.
INSTANTIATE_TEST_SUITE_P(Cases, BinomialDistribution,
                         testing::Values(Case{1, 0.3}, Case{10, 0.5}, Case{19, 0.5}, Case{20, 0.5}, Case{21, 0.5},
                                         Case{40, 0.249}, Case{40, 0.251}, Case{100, 0.97}, Case{1000, 0.004},
                                         Case{1000, 0.02}, Case{1024, 0.5}, Case{100000, 0.3}, Case{1000000, 1e-6},
                                         Case{1000000, 0.999}),
                         [](const auto& test) {
                           return fmt::format("n{}_p{:.0f}ppm", test.param.trials, test.param.probability * 1e6);
                         });

TEST(Binomial, LargeCountsHaveTheRightMomentsAndShape) {
  constexpr std::uint64_t kDraws = 100000;
  for (const double probability : {1e-9, 0.3, 0.5, 0.75}) {
    constexpr std::uint64_t kTrials = 1000000000000;
    const double mean = kTrials * probability;
    const double deviation = std::sqrt(mean * (1 - probability));
    const CounterRandom random(5, 6);
    double sum = 0;
    double squares = 0;
    double within = 0;
    for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
      const auto value = static_cast<double>(binomial(random, draw * kBinomialIndices, kTrials, probability));
      const double score = (value - mean) / deviation;
      sum += score;
      squares += score * score;
      within += std::abs(score) < 1 ? 1 : 0;
    }
    EXPECT_NEAR(sum / kDraws, 0, 5 / std::sqrt(kDraws)) << probability;
    EXPECT_NEAR(squares / kDraws, 1, 5 * std::sqrt(2.0 / kDraws)) << probability;
    if (deviation > 1e5) {  // as good as continuous
      EXPECT_NEAR(within / kDraws, 0.682689492, 5 * std::sqrt(0.2166 / kDraws)) << probability;
    }
  }
}

TEST(Binomial, Edges) {
  const CounterRandom random(1, 2);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const std::uint64_t trials : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, ~std::uint64_t{0}}) {
    EXPECT_EQ(binomial(random, 0, trials, 0), 0U);
    EXPECT_EQ(binomial(random, 0, trials, -0.5), 0U);
    EXPECT_EQ(binomial(random, 0, trials, -infinity), 0U);
    EXPECT_EQ(binomial(random, 0, trials, nan), 0U);
    EXPECT_EQ(binomial(random, 0, trials, 1), trials);
    EXPECT_EQ(binomial(random, 0, trials, 1.5), trials);
    EXPECT_EQ(binomial(random, 0, trials, infinity), trials);
  }
  EXPECT_EQ(binomial(random, 0, 1000, std::numeric_limits<double>::denorm_min()), 0U);
  EXPECT_EQ(binomial(random, 0, 1000, std::nextafter(1.0, 0.0)), 1000U);
}

// The draws themselves are part of the contract: the same seed gives the same counts on every platform and version.
TEST(Binomial, KnownDraws) {
  const CounterRandom random(42, 0);
  EXPECT_EQ(binomial(random, 0, 100, 0.05), 5U);
  EXPECT_EQ(binomial(random, 0, 1000, 0.5), 499U);
  EXPECT_EQ(binomial(random, 1, 1000000, 0.123), 122834U);
  EXPECT_EQ(binomial(random, 2, 1000000000000, 0.9), 899999862395U);
}

RC_GTEST_PROP(Binomial, NeverExceedsTheTrials, (std::uint64_t seed, std::uint64_t trials)) {
  const double probability = *rc::gen::inRange(0, 1001) / 1000.0;
  const CounterRandom random(seed, 3);
  RC_ASSERT(binomial(random, 0, trials, probability) <= trials);
  const std::uint64_t few = trials % 50;
  RC_ASSERT(binomial(random, 0, few, probability) <= few);
}

}  // namespace
}  // namespace basalt
