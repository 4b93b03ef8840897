// The kernels that read results, against their definitions; the same bits on every instruction set.
#include <gmock/gmock.h>

#include <bit>
#include <optional>

#include "base/random.h"
#include "conformance/kernel_harness.h"
#include "workloads/quantum/kernels/readout.h"

namespace basalt::quantum {
namespace {

/// The plain sum of 2^11 terms up to 2 rounds each partial sum, up to 2^11 large, by 2^-53 of itself: at random signs
/// √(2^11) < 64 of these add up.
constexpr double kTolerance = 0x1p-53 * 2048 * 64;

struct alignas(64) Numbers {
  double values[1 << 12];
};

struct Case {
  State state;
  BlockOf block;  ///< Without data.
};

Case random_case(std::mt19937_64& random) {
  const int axes = 4 + static_cast<int>(random() % 8);
  const int block_axes = 4 + static_cast<int>(random() % static_cast<std::uint64_t>(axes - 3));
  const std::uint64_t count = std::uint64_t{1} << block_axes;
  const std::uint64_t blocks = (std::uint64_t{1} << axes) / count;
  return {.state = random_amplitudes(random, axes),
          .block = {.data = nullptr, .type = {}, .first = count * (random() % blocks), .count = count}};
}

/// Runs `kernel(block, values)`, which fills `size` numbers, on every type and instruction set; `expected` are those.
template <typename Kernel>
void expect_numbers(const Case& given, const std::vector<double>& expected, const Kernel& kernel) {
  for (const ElementType type : kElementTypes) {
    GuardedField field(type, std::bit_width(given.state.size()) - 1);
    field.set(given.state);
    std::optional<std::vector<double>> first;
    for_each_instruction_set([&] {
      Numbers numbers{};
      kernel(BlockOf{.data = field.data(), .type = type, .first = given.block.first, .count = given.block.count},
             numbers.values);
      const std::vector<double> got(numbers.values, numbers.values + expected.size());
      EXPECT_THAT(got, testing::Pointwise(testing::DoubleNear(kTolerance), expected));
      EXPECT_EQ(got, first.value_or(got));
      EXPECT_EQ(numbers.values[expected.size()], 0) << "written beyond the end";
      first = got;
    });
  }
}

TEST(block_norm, is_the_sum_of_squares) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 100; ++round) {
    const Case given = random_case(random);
    double expected = 0;
    for (std::uint64_t i = 0; i < given.block.count; ++i) {
      expected += std::norm(given.state[given.block.first + i]);
    }
    expect_numbers(given, {expected}, [](const BlockOf& block, double* value) { *value = block_norm(block); });
  }
}

// A fused product differs in one bit, and only now and then in the sum: many short sums show it.
TEST(readout, rounds_alike_where_squares_are_not_exact) {
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
    const BlockOf block{.data = field.data(), .type = ElementType::c128, .first = 0, .count = 32};
    std::optional<std::vector<double>> first;
    for_each_instruction_set([&] {
      Numbers numbers{};
      numbers.values[0] = block_norm(block);
      block_products(block, {.x_mask = 0x15, .skip = 0, .imaginary = false}, numbers.values + 8);
      block_products(block, {.x_mask = 0x15, .skip = 0, .imaginary = true}, numbers.values + 40);
      column_sums(block, numbers.values + 72);
      const std::vector<double> got(numbers.values, numbers.values + 80);
      EXPECT_EQ(got, first.value_or(got));
      first = got;
    });
  }
}

TEST(block_probabilities, are_squares) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 30; ++round) {
    const Case given = random_case(random);
    std::vector<double> expected;
    for (std::uint64_t i = 0; i < given.block.count; ++i) {
      expected.push_back(std::norm(given.state[given.block.first + i]));
    }
    expect_numbers(given, expected, [](const BlockOf& block, double* values) { block_probabilities(block, values); });
  }
}

TEST(block_products, are_products_with_the_partner_where_they_are_not_skipped) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    const Case given = random_case(random);
    PairProducts pairs{.x_mask = random() % given.state.size(), .skip = 0, .imaginary = round % 2 == 1};
    if (round % 3 != 0 && given.block.count > kFoldParts) {
      const int axes = std::bit_width(given.block.count) - 1;
      pairs.skip = std::uint64_t{1} << (3 + random() % static_cast<std::uint64_t>(axes - 3));
    }
    std::vector<double> expected;
    for (std::uint64_t i = 0; i < given.block.count; ++i) {
      const std::uint64_t index = given.block.first + i;
      const Complex product = std::conj(given.state[index]) * given.state[index ^ pairs.x_mask];
      const double part = pairs.imaginary ? product.imag() : product.real();
      expected.push_back((i & pairs.skip) != 0 ? 0 : part);
    }
    expect_numbers(given, expected,
                   [&](const BlockOf& block, double* values) { block_products(block, pairs, values); });
  }
}

TEST(column_sums, are_those_of_every_eighth_element_of_a_row) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 50; ++round) {
    const Case given = random_case(random);
    const std::uint64_t row = std::min(given.block.count, kRowElements);
    std::vector<double> expected(given.block.count / row * kFoldParts, 0.0);
    for (std::uint64_t i = 0; i < given.block.count; ++i) {
      expected[i / row * kFoldParts + i % kFoldParts] += std::norm(given.state[given.block.first + i]);
    }
    expect_numbers(given, expected, [](const BlockOf& block, double* values) { column_sums(block, values); });
  }
}

TEST(fold, takes_sums_and_differences_of_halves) {
  for_each_instruction_set([] {
    Numbers numbers{};
    for (int i = 0; i < 64; ++i) {
      numbers.values[i] = i * i;
    }
    const FoldStep steps[] = {{.offset = 0, .half = 32, .sum = true, .difference = true},
                              {.offset = 0, .half = 16, .sum = true, .difference = false},
                              {.offset = 32, .half = 8, .sum = false, .difference = true}};
    fold(numbers.values, steps);
    for (int i = 0; i < 16; ++i) {
      const auto sum = [](int k) { return k * k + (k + 32) * (k + 32); };
      EXPECT_EQ(numbers.values[i], sum(i) + sum(i + 16));
      EXPECT_EQ(numbers.values[16 + i], sum(16 + i)) << "only the sum is wanted";
    }
    for (int i = 0; i < 8; ++i) {
      const auto difference = [](int k) { return k * k - (k + 32) * (k + 32); };
      EXPECT_EQ(numbers.values[32 + i], difference(i)) << "only the difference is wanted";
      EXPECT_EQ(numbers.values[40 + i], difference(i) - difference(i + 8));
    }
  });
}

TEST(add_leaves, adds_with_the_sign_of_the_block) {
  for_each_instruction_set([] {
    Numbers numbers{};
    for (int i = 0; i < 32; ++i) {
      numbers.values[i] = i + 1;
    }
    const FoldLeaf leaves[] = {{.offset = 8, .signed_by = 0b110}, {.offset = 0, .signed_by = 0b011}};
    Numbers sums{};
    sums.values[0] = 100;
    add_leaves(numbers.values, leaves, 0b101, sums.values);
    add_leaves(numbers.values, leaves, 0b110, sums.values);
    // Block 101 meets 110 once and 011 once; block 110 meets them twice and once.
    EXPECT_EQ(sums.values[0], 100);
    for (int i = 0; i < 8; ++i) {
      EXPECT_EQ(sums.values[i], i == 0 ? 100 : 0);
      EXPECT_EQ(sums.values[8 + i], -2 * (i + 1));
    }
    EXPECT_EQ(sums.values[16], 0);
  });
}

TEST(fill_uniform, draws_what_the_plain_generator_draws) {
  std::mt19937_64 random(6);
  for (const std::uint64_t size : {1U, 7U, 8U, 9U, 64U}) {
    const std::uint64_t seed = random();
    const std::uint64_t stream = random();
    const std::uint64_t first = random() % 2 == 0 ? random() : 0xFFFFFFFC;
    const double scale = 0.7;
    for_each_instruction_set([&] {
      Numbers numbers{};
      fill_uniform(seed, stream, first, scale, std::span(numbers.values, size));
      for (std::uint64_t i = 0; i < size; ++i) {
        EXPECT_EQ(numbers.values[i], CounterRandom(seed, stream).uniform(first + i) * scale) << i;
      }
      EXPECT_EQ(numbers.values[size], 0) << "written beyond the end";
    });
  }
}

}  // namespace
}  // namespace basalt::quantum
