// quantum/collapse against plain loops, on every instruction set.
#include "conformance/kernel_harness.h"

namespace basalt::quantum {
namespace {

TEST(collapse_kernel, keeps_what_matches_and_clears_the_rest) {
  for_each_instruction_set([] {
    std::mt19937_64 random(3);
    for (int round = 0; round < 1000; ++round) {
      const int axes = 1 + static_cast<int>(random() % 10);
      std::uint64_t mask = random() & ((std::uint64_t{1} << axes) - 1);
      mask &= random();  // few axes more often than many
      const CollapseOperands operands{{mask, random() & mask}, 1.25};
      const State before = random_amplitudes(random, axes);
      State after = before;
      for (std::size_t i = 0; i < after.size(); ++i) {
        after[i] = (i & mask) == operands.keep.value ? 1.25 * before[i] : 0;
      }
      for (const ElementType type : kElementTypes) {
        expect_kernel("quantum/collapse", type, axes, &operands, before, after, 1);
        ASSERT_FALSE(testing::Test::HasFatalFailure()) << "round " << round;
      }
    }
  });
}

TEST(collapse_kernel, clears_what_is_not_a_number) {
  for_each_instruction_set([] {
    for (const ElementType type : kElementTypes) {
      for (const std::uint64_t bit : {1, 2, 16}) {
        State before(32, Complex(std::numeric_limits<double>::quiet_NaN(), 0));
        State after(32);
        for (std::size_t i = 0; i < 32; ++i) {
          before[i] = (i & bit) != 0 ? Complex(0.5, 0.25) : before[i];
          after[i] = (i & bit) != 0 ? Complex(1, 0.5) : 0;
        }
        const CollapseOperands operands{{bit, bit}, 2};
        expect_kernel("quantum/collapse", type, 5, &operands, before, after, 1);
      }
    }
  });
}

}  // namespace
}  // namespace basalt::quantum
