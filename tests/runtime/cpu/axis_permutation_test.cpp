#include "runtime/cpu/axis_permutation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

namespace basalt {
namespace {

AxisPermutation random_permutation() {
  const int axes = *rc::gen::inRange(0, 41);
  AxisPermutation to;
  for (int i = 0; i < axes; ++i) {
    to.push_back(static_cast<std::uint8_t>(i));
  }
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  std::ranges::shuffle(to, random);
  return to;
}

TEST(AxisPermutation, KnowsWhatIsNone) {
  EXPECT_TRUE(is_permutation(AxisPermutation{}));
  EXPECT_TRUE(is_permutation(AxisPermutation{2, 0, 1}));
  EXPECT_FALSE(is_permutation(AxisPermutation{0, 0}));
  EXPECT_FALSE(is_permutation(AxisPermutation{0, 2}));
  EXPECT_FALSE(is_permutation(AxisPermutation(64)));
}

RC_GTEST_PROP(AxisPermutation, TheInverseUndoesIt, ()) {
  const AxisPermutation to = random_permutation();
  RC_ASSERT(is_permutation(to));
  const std::uint64_t index = *rc::gen::arbitrary<std::uint64_t>() & ((std::uint64_t{1} << to.size()) - 1);
  RC_ASSERT(permute_index(inverse_of(to), permute_index(to, index)) == index);
}

RC_GTEST_PROP(AxisPermutation, TwoInvolutionsDoTheSame, ()) {
  const AxisPermutation to = random_permutation();
  const auto [first, second] = split_into_involutions(to);
  RC_ASSERT(is_permutation(first));
  RC_ASSERT(is_permutation(second));
  RC_ASSERT(is_involution(first));
  RC_ASSERT(is_involution(second));
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    RC_ASSERT(second[first[axis]] == to[axis]);
    if (to[axis] == axis) {
      RC_ASSERT(first[axis] == axis);
    }
  }
}

RC_GTEST_PROP(AxisPermutation, AClosureIsMappedOntoItself, ()) {
  const AxisPermutation to = random_permutation();
  const std::uint64_t all = (std::uint64_t{1} << to.size()) - 1;
  const std::uint64_t axes = *rc::gen::arbitrary<std::uint64_t>() & all;
  const std::uint64_t closed = closure(to, axes);
  RC_ASSERT((closed & axes) == axes);
  RC_ASSERT(permute_index(to, closed) == closed);
}

RC_GTEST_PROP(BitSpread, PutsEachBitInItsPlace, ()) {
  const AxisPermutation to = random_permutation();
  const BitSpread spread(to);
  const std::uint64_t counter = *rc::gen::arbitrary<std::uint64_t>() & ((std::uint64_t{1} << to.size()) - 1);
  RC_ASSERT(spread(counter) == permute_index(to, counter));
}

}  // namespace
}  // namespace basalt
