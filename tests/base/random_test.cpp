// The generator against its published vectors, and the uniform numbers made of it.
#include "base/random.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>

namespace basalt {
namespace {

using Counter = std::array<std::uint32_t, 4>;
using Key = std::array<std::uint32_t, 2>;

// Known-answer vectors of philox4x32-10 as published with the reference implementation.
TEST(Philox, MatchesTheKnownAnswers) {
  EXPECT_EQ(philox4x32(Counter{0, 0, 0, 0}, Key{0, 0}), (Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32(Counter{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, Key{0xffffffff, 0xffffffff}),
            (Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32(Counter{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, Key{0xa4093822, 0x299f31d0}),
            (Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(CounterRandom, IsLaidOverTheCounterAsDocumented) {
  EXPECT_EQ(CounterRandom(0, 0).bits(0), 0xe169c58d6627e8d5);
  // counter = index, then stream; key = seed; low words first
  EXPECT_EQ(CounterRandom(0x299f31d0a4093822, 0x0370734413198a2e).bits(0x85a308d3243f6a88), 0x94fdccebd16cfe09);
}

RC_GTEST_PROP(CounterRandom, UniformIsAMultipleOfTheSmallestStepBelowOne,
              (std::uint64_t seed, std::uint64_t stream, std::uint64_t index)) {
  const double value = CounterRandom(seed, stream).uniform(index);
  RC_ASSERT(value >= 0);
  RC_ASSERT(value < 1);
  RC_ASSERT(std::ldexp(value, 53) == std::floor(std::ldexp(value, 53)));
}

RC_GTEST_PROP(CounterRandom, SeedStreamAndIndexAllMatter,
              (std::uint64_t seed, std::uint64_t stream, std::uint64_t index)) {
  const std::uint64_t bits = CounterRandom(seed, stream).bits(index);
  RC_ASSERT(bits == CounterRandom(seed, stream).bits(index));
  RC_ASSERT(bits != CounterRandom(seed + 1, stream).bits(index));
  RC_ASSERT(bits != CounterRandom(seed, stream + 1).bits(index));
  RC_ASSERT(bits != CounterRandom(seed, stream).bits(index + 1));
}

TEST(CounterRandom, MomentsOfUniform) {
  constexpr int kDraws = 200000;
  const CounterRandom random(7, 11);
  double sum = 0;
  double squares = 0;
  double neighbours = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.uniform(static_cast<std::uint64_t>(i)) - 0.5;
    sum += value;
    squares += value * value;
    neighbours += value * (random.uniform(static_cast<std::uint64_t>(i) + 1) - 0.5);
  }
  // five standard deviations of each mean
  EXPECT_NEAR(sum / kDraws, 0, 5 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / kDraws));
  EXPECT_NEAR(neighbours / kDraws, 0, 5 * (1.0 / 12) / std::sqrt(kDraws));
}

}  // namespace
}  // namespace basalt
