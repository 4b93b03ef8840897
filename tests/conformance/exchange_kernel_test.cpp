// quantum/exchange against its definition, on every instruction set: amplitudes move, so the result is exact.
#include "conformance/kernel_harness.h"

namespace basalt::quantum {
namespace {

void expect_exchange(std::mt19937_64& random, int axes, const ExchangeOperands& operands) {
  const State before = random_amplitudes(random, axes);
  State after = before;
  for (std::uint64_t index = 0; index < before.size(); ++index) {
    if ((index & operands.control.mask) == operands.control.value) {
      after[index] = before[index ^ operands.flip];
      after[index ^ operands.flip] = before[index];
    }
  }
  for (const ElementType type : kElementTypes) {
    expect_kernel("quantum/exchange", type, axes, &operands, before, after, 0);
  }
}

TEST(exchange_kernel, x_with_every_control) {
  for_each_instruction_set([] {
    std::mt19937_64 random(1);
    for (int axes = 1; axes <= 10; ++axes) {
      for (int target = 0; target < axes; ++target) {
        const std::uint64_t bit = std::uint64_t{1} << target;
        for (const ControlMask& control : single_controls(axes, bit)) {
          expect_exchange(random, axes, {{control.mask | bit, control.value}, bit});
          ASSERT_FALSE(testing::Test::HasFatalFailure())
              << axes << " axes, target " << target << ", controls " << control.mask << "=" << control.value;
        }
      }
    }
  });
}

TEST(exchange_kernel, swap_with_every_control) {
  for_each_instruction_set([] {
    std::mt19937_64 random(2);
    for (int axes = 2; axes <= 9; ++axes) {
      for (int first = 0; first < axes; ++first) {
        for (int second = 0; second < axes; ++second) {
          const std::uint64_t value = std::uint64_t{1} << first;
          const std::uint64_t flip = value | (std::uint64_t{1} << second);
          if (first == second) {
            continue;
          }
          for (const ControlMask& control : single_controls(axes, flip)) {
            expect_exchange(random, axes, {{control.mask | flip, control.value | value}, flip});
            ASSERT_FALSE(testing::Test::HasFatalFailure()) << axes << " axes, " << first << " and " << second
                                                           << ", controls " << control.mask << "=" << control.value;
          }
        }
      }
    }
  });
}

TEST(exchange_kernel, any_masks_that_meet) {
  for_each_instruction_set([] {
    std::mt19937_64 random(3);
    for (int round = 0; round < 2000; ++round) {
      const int axes = 1 + static_cast<int>(random() % 10);
      const std::uint64_t all = (std::uint64_t{1} << axes) - 1;
      const std::uint64_t flip = random() & all;
      const std::uint64_t mask = random() & all;
      if ((flip & mask) == 0) {
        continue;
      }
      expect_exchange(random, axes, {{mask, random() & mask}, flip});
      ASSERT_FALSE(testing::Test::HasFatalFailure())
          << "round " << round << ": " << axes << " axes, mask " << mask << ", flip " << flip;
    }
  });
}

TEST(exchange_kernel, fields_beyond_the_cache) {
  for_each_instruction_set([] {
    std::mt19937_64 random(4);
    for (int round = 0; round < 12; ++round) {
      const Placement placement = random_placement(random, 18, 1 + round % 3);
      std::uint64_t flip = 0;
      for (const Qubit target : placement.targets) {
        flip |= std::uint64_t{1} << target;
      }
      const std::uint64_t lowest = flip & -flip;
      expect_exchange(random, 18, {{placement.control.mask | flip, placement.control.value | lowest}, flip});
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "round " << round;
    }
  });
}

}  // namespace
}  // namespace basalt::quantum
