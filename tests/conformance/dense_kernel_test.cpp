// quantum/dense against plain loops, on every instruction set.
#include "conformance/kernel_harness.h"

namespace basalt::quantum {
namespace {

DenseOperands random_dense(std::mt19937_64& random, std::span<const Qubit> targets, ControlMask control, bool real) {
  DenseOperands operands;
  operands.control = control;
  set_targets(operands, targets);
  operands.real = real;
  operands.matrix = random_amplitudes(random, static_cast<int>(2 * targets.size()));
  for (Complex& entry : operands.matrix) {
    entry = real ? entry.real() : entry;
  }
  return operands;
}

void expect_dense(std::mt19937_64& random, int axes, std::span<const Qubit> targets, ControlMask control) {
  for (const bool real : {false, true}) {
    const DenseOperands operands = random_dense(random, targets, control, real);
    const State before = random_amplitudes(random, axes);
    State after = before;
    reference::apply_matrix(after, operands.matrix, controls_of(control), targets);
    for (const ElementType type : kElementTypes) {
      expect_kernel("quantum/dense", type, axes, &operands, before, after, static_cast<double>(1 << targets.size()));
    }
  }
}

TEST(dense_kernel, one_target_with_every_control) {
  for_each_instruction_set([] {
    std::mt19937_64 random(1);
    for (int axes = 1; axes <= 10; ++axes) {
      for (Qubit target = 0; target < static_cast<Qubit>(axes); ++target) {
        for (const ControlMask& control : single_controls(axes, std::uint64_t{1} << target)) {
          expect_dense(random, axes, std::array{target}, control);
          ASSERT_FALSE(testing::Test::HasFatalFailure())
              << axes << " axes, target " << target << ", controls " << control.mask << "=" << control.value;
        }
      }
    }
  });
}

TEST(dense_kernel, two_targets_with_every_control) {
  for_each_instruction_set([] {
    std::mt19937_64 random(2);
    for (int axes = 2; axes <= 9; ++axes) {
      for (Qubit second = 1; second < static_cast<Qubit>(axes); ++second) {
        for (Qubit first = 0; first < second; ++first) {
          for (const ControlMask& control :
               single_controls(axes, (std::uint64_t{1} << first) | (std::uint64_t{1} << second))) {
            expect_dense(random, axes, std::array{first, second}, control);
            ASSERT_FALSE(testing::Test::HasFatalFailure()) << axes << " axes, targets " << first << "," << second
                                                           << ", controls " << control.mask << "=" << control.value;
          }
        }
      }
    }
  });
}

TEST(dense_kernel, any_targets_with_any_controls) {
  for_each_instruction_set([] {
    std::mt19937_64 random(3);
    for (int round = 0; round < 400; ++round) {
      const int axes = 1 + static_cast<int>(random() % 10);
      const int count = 1 + static_cast<int>(random() % static_cast<std::uint64_t>(std::min(axes, 6)));
      const Placement placement = random_placement(random, axes, count);
      expect_dense(random, axes, placement.targets, placement.control);
      ASSERT_FALSE(testing::Test::HasFatalFailure())
          << "round " << round << ": " << axes << " axes, " << count << " targets from " << placement.targets[0]
          << ", controls " << placement.control.mask << "=" << placement.control.value;
    }
  });
}

// Large enough for kernels to ask for memory ahead (ahead.h), and sliced where streams begin and end.
TEST(dense_kernel, fields_beyond_the_cache) {
  constexpr int kAxes = 18;
  for_each_instruction_set([] {
    std::mt19937_64 random(4);
    for (const int count : {1, 2, 3, 6}) {
      for (int round = 0; round < 3; ++round) {
        const Placement placement = random_placement(random, kAxes, count);
        expect_dense(random, kAxes, placement.targets, placement.control);
        ASSERT_FALSE(testing::Test::HasFatalFailure()) << count << " targets, round " << round;
      }
    }
  });
}

}  // namespace
}  // namespace basalt::quantum
