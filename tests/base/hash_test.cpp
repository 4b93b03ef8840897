// The mixing step: its published value, and that every input bit matters.
#include "base/hash.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>

namespace basalt {
namespace {

TEST(Mix, MatchesTheFirstOutputOfSplitMix64) {
  // The generator seeded with 0 gives this number first; given as second argument it undoes the first step.
  constexpr std::uint64_t kFirst = 0xE220A8397B1DCDAF;
  static_assert(mix(0, kFirst) == kFirst);
}

TEST(Mix, OrderMatters) {
  EXPECT_NE(mix(1, 2), mix(2, 1));
}

RC_GTEST_PROP(Mix, EveryInputBitChangesMany, (std::uint64_t a, std::uint64_t b)) {
  const int bit = *rc::gen::inRange(0, 64);
  const std::uint64_t flip = std::uint64_t{1} << bit;
  RC_ASSERT(std::popcount(mix(a, b) ^ mix(a ^ flip, b)) >= 8);
  RC_ASSERT(std::popcount(mix(a, b) ^ mix(a, b ^ flip)) >= 8);
}

}  // namespace
}  // namespace basalt
