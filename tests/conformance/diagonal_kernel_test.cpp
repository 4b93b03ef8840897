// quantum/diagonal and quantum/collapse against plain loops, on every instruction set.
#include "conformance/kernel_harness.h"

namespace basalt::quantum {
namespace {

void expect_diagonal(std::mt19937_64& random, int axes, std::span<const Qubit> targets, ControlMask control) {
  const std::size_t size = std::size_t{1} << targets.size();
  DiagonalOperands operands;
  operands.control = control;
  set_targets(operands, targets);
  operands.phases = random_amplitudes(random, static_cast<int>(targets.size()));
  std::vector<Complex> matrix(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    matrix[i * size + i] = operands.phases[i];
  }
  const State before = random_amplitudes(random, axes);
  State after = before;
  reference::apply_matrix(after, matrix, controls_of(control), targets);
  for (const ElementType type : kElementTypes) {
    expect_kernel("quantum/diagonal", type, axes, &operands, before, after, 1);
  }
}

TEST(diagonal_kernel, up_to_two_targets_with_every_control) {
  for_each_instruction_set([] {
    std::mt19937_64 random(1);
    for (int axes = 1; axes <= 9; ++axes) {
      const std::uint64_t end = std::uint64_t{1} << axes;
      for (std::uint64_t mask = 0; mask < end; ++mask) {
        if (std::popcount(mask) > 2) {
          continue;
        }
        std::vector<Qubit> targets;
        for (std::uint64_t rest = mask; rest != 0; rest &= rest - 1) {
          targets.push_back(static_cast<Qubit>(std::countr_zero(rest)));
        }
        for (const ControlMask& control : single_controls(axes, mask)) {
          expect_diagonal(random, axes, targets, control);
          ASSERT_FALSE(testing::Test::HasFatalFailure())
              << axes << " axes, targets " << mask << ", controls " << control.mask << "=" << control.value;
        }
      }
    }
  });
}

TEST(diagonal_kernel, any_targets_with_any_controls) {
  for_each_instruction_set([] {
    std::mt19937_64 random(2);
    for (int round = 0; round < 1000; ++round) {
      const int axes = 1 + static_cast<int>(random() % 10);
      const int count = static_cast<int>(random() % static_cast<std::uint64_t>(std::min(axes, 6) + 1));
      const Placement placement = random_placement(random, axes, count);
      expect_diagonal(random, axes, placement.targets, placement.control);
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "round " << round;
    }
  });
}

TEST(diagonal_kernel, fields_beyond_the_cache) {
  for_each_instruction_set([] {
    std::mt19937_64 random(4);
    for (const int count : {0, 1, 2, 6}) {
      for (int round = 0; round < 3; ++round) {
        const Placement placement = random_placement(random, 18, count);
        expect_diagonal(random, 18, placement.targets, placement.control);
        ASSERT_FALSE(testing::Test::HasFatalFailure()) << count << " targets, round " << round;
      }
    }
  });
}

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
