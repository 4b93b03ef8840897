// block_norm and block_pauli against their definitions; the same bits on every instruction set.
#include <optional>

#include "conformance/kernel_harness.h"

namespace basalt::quantum {
namespace {

/// The plain sum of 2^11 terms up to 2 rounds each partial sum, up to 2^11 large, by 2^-53 of itself: at random signs
/// √(2^11) < 64 of these add up.
constexpr double kTolerance = 0x1p-53 * 2048 * 64;

struct Block {
  std::uint64_t first;
  std::uint64_t count;
};

Block random_block(std::mt19937_64& random, int axes) {
  const std::uint64_t units = (std::uint64_t{1} << axes) / 16;
  const std::uint64_t first = random() % units;
  return {16 * first, 16 * (1 + random() % (units - first))};
}

TEST(block_norm, is_the_sum_of_squares_with_the_same_bits_everywhere) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 100; ++round) {
    const int axes = 4 + static_cast<int>(random() % 8);
    const State state = random_amplitudes(random, axes);
    const Block block = random_block(random, axes);
    double expected = 0;
    for (std::uint64_t i = block.first; i < block.first + block.count; ++i) {
      expected += std::norm(state[i]);
    }
    for (const ElementType type : kElementTypes) {
      GuardedField field(type, axes);
      field.set(state);
      std::optional<double> first;
      for_each_instruction_set([&] {
        const double got = block_norm(field.data(), type, block.first, block.count);
        EXPECT_NEAR(got, expected, kTolerance);
        EXPECT_EQ(got, first.value_or(got));
        first = got;
      });
    }
  }
}

// A fused product differs in one bit, and only now and then in the sum: many short sums show it.
TEST(block_norm, rounds_alike_where_squares_are_not_exact) {
  std::mt19937_64 random(5);
  const auto part = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  for (int round = 0; round < 200; ++round) {
    State state(32);
    for (Complex& amplitude : state) {
      const double real = part();
      amplitude = {real, part()};
    }
    GuardedField field(ElementType::c128, 5);
    field.set(state);
    std::optional<double> norm;
    std::optional<Complex> pauli;
    for_each_instruction_set([&] {
      const double got = block_norm(field.data(), ElementType::c128, 0, 32);
      EXPECT_EQ(got, norm.value_or(got));
      norm = got;
      const Complex value = block_pauli(field.data(), ElementType::c128, 0, 32, 0x15, 0x13);
      EXPECT_EQ(value, pauli.value_or(value));
      pauli = value;
    });
  }
}

TEST(block_pauli, is_its_definition_with_the_same_bits_everywhere) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 300; ++round) {
    const int axes = 4 + static_cast<int>(random() % 8);
    const std::uint64_t all = (std::uint64_t{1} << axes) - 1;
    const State state = random_amplitudes(random, axes);
    const Block block = random_block(random, axes);
    const std::uint64_t x_mask = random() & all & (round % 3 == 0 ? 0xf : ~std::uint64_t{0});
    const std::uint64_t z_mask = random() & all;
    Complex expected = 0;
    for (std::uint64_t i = block.first; i < block.first + block.count; ++i) {
      const double sign = std::popcount(i & z_mask) % 2 == 0 ? 1 : -1;
      expected += sign * std::conj(state[i]) * state[i ^ x_mask];
    }
    for (const ElementType type : kElementTypes) {
      GuardedField field(type, axes);
      field.set(state);
      std::optional<Complex> first;
      for_each_instruction_set([&] {
        const Complex got = block_pauli(field.data(), type, block.first, block.count, x_mask, z_mask);
        EXPECT_LT(std::abs(got - expected), kTolerance);
        EXPECT_EQ(got, first.value_or(got));
        first = got;
      });
    }
  }
}

TEST(block_pauli, agrees_with_the_reference_expectation) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 50; ++round) {
    const State state = reference::random_state(6, random());
    const std::uint64_t x_mask = random() % 64;
    const std::uint64_t z_mask = random() % 64;
    GuardedField field(ElementType::c128, 6);
    field.set(state);
    const Complex sum = block_pauli(field.data(), ElementType::c128, 0, 64, x_mask, z_mask);
    // X·Z = −iY: the kernel's sum leaves out a factor of i for every Y, as X acts after Z.
    const Complex y_factor = std::pow(Complex(0, -1), std::popcount(x_mask & z_mask));
    const Complex got = y_factor * sum;
    EXPECT_LT(std::abs(got - reference::pauli_expectation(state, x_mask, z_mask)), 1e-12) << x_mask << " " << z_mask;
  }
}

}  // namespace
}  // namespace basalt::quantum
