// Against the definition, written out.
#include "runtime/cpu/permute.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <random>

#include "basalt/error.h"
#include "runtime/cpu/each_instruction_set.h"

namespace basalt {
namespace {

const CancelToken kNever;

AxisPermutation identity(std::size_t axes) {
  AxisPermutation to(axes);
  std::iota(to.begin(), to.end(), std::uint8_t{0});
  return to;
}

/// Every word its own value.
Field numbered_field(MemoryResource& memory, ElementType type, int axes) {
  Field field(memory, type, axes);
  auto* words = field.buffer.as<std::uint64_t>();
  for (std::uint64_t i = 0; i < field.size_bytes() / 8; ++i) {
    words[i] = 0x100000001 + i;
  }
  return field;
}

std::uint64_t words_per_element(const Field& field) {
  return element_bytes(field.type) / 8;
}

std::vector<std::uint64_t> words_of(const Field& field) {
  const auto* words = field.buffer.as<std::uint64_t>();
  return {words, words + (words_per_element(field) << field.axes)};
}

/// What permute promises.
std::vector<std::uint64_t> slowly_permuted(const Field& field, const AxisPermutation& to) {
  const std::vector<std::uint64_t> words = words_of(field);
  std::vector<std::uint64_t> result(words.size());
  for (std::uint64_t i = 0; i < std::uint64_t{1} << field.axes; ++i) {
    std::uint64_t j = 0;
    for (std::size_t axis = 0; axis < to.size(); ++axis) {
      j |= (i >> axis & 1) << to[axis];
    }
    for (std::uint64_t part = 0; part < words_per_element(field); ++part) {
      result[j * words_per_element(field) + part] = words[i * words_per_element(field) + part];
    }
  }
  return result;
}

void expect_permutes(ElementType type, const AxisPermutation& to, const Arena& arena, const PermuteSettings& settings) {
  SCOPED_TRACE(testing::PrintToString(std::vector<int>(to.begin(), to.end())));
  HostMemory memory;
  const Field source = numbered_field(memory, type, static_cast<int>(to.size()));
  const Field target(memory, type, static_cast<int>(to.size()));
  const std::vector<std::uint64_t> expected = slowly_permuted(source, to);
  permute(source, target, to, arena, kNever, settings);
  ASSERT_TRUE(words_of(target) == expected) << "as a copy";
  permute_in_place(source, to, arena, kNever, settings);
  ASSERT_TRUE(words_of(source) == expected) << "in place";
}

TEST(Permute, EveryPermutationOfUpToFiveAxes) {
  const Arena arena(1);
  for_each_instruction_set([&] {
    for (const ElementType type : {ElementType::c64, ElementType::c128}) {
      for (std::size_t axes = 0; axes <= 5; ++axes) {
        AxisPermutation to = identity(axes);
        do {
          ASSERT_NO_FATAL_FAILURE(expect_permutes(type, to, arena, {}));
        } while (std::ranges::next_permutation(to).found);
      }
    }
  });
}

TEST(Permute, RandomPermutationsOfAllSizesAndTiles) {
  const Arena arena(2);
  std::mt19937 random(1);
  for_each_instruction_set([&] {
    for (int round = 0; round < 200; ++round) {
      AxisPermutation to = identity(6 + random() % 12);
      // Sometimes only a part of the axes moves.
      std::shuffle(to.begin() + (round % 3 == 0 ? random() % to.size() : 0), to.end(), random);
      const PermuteSettings settings{.streaming = round % 2 == 0, .max_tile_axes = 6 + static_cast<int>(random() % 8)};
      ASSERT_NO_FATAL_FAILURE(
          expect_permutes(round % 5 == 0 ? ElementType::c128 : ElementType::c64, to, arena, settings));
    }
  });
}

TEST(Permute, SwapsOfEveryPairOfAxes) {
  const Arena arena(1);
  for (std::size_t a = 0; a < 14; ++a) {
    for (std::size_t b = a + 1; b < 14; ++b) {
      AxisPermutation to = identity(14);
      std::swap(to[a], to[b]);
      ASSERT_NO_FATAL_FAILURE(expect_permutes(ElementType::c64, to, arena, {.max_tile_axes = 8}));
    }
  }
}

TEST(Permute, TranspositionsOfEveryShape) {
  const Arena arena(2);
  for (int by = 0; by < 15; ++by) {
    AxisPermutation to = identity(15);
    std::rotate(to.begin(), to.begin() + by, to.end());
    ASSERT_NO_FATAL_FAILURE(expect_permutes(ElementType::c64, to, arena, {}));
    ASSERT_NO_FATAL_FAILURE(expect_permutes(ElementType::c128, to, arena, {.max_tile_axes = 8}));
  }
}

TEST(Permute, InPlaceTouchesNothingAroundTheField) {
  HostMemory memory;
  const Field field = numbered_field(memory, ElementType::c64, 2);  // 4 elements, padded to 16
  const std::uint64_t after = field.buffer.as<std::uint64_t>()[4];
  permute_in_place(field, {1, 0}, Arena(1), kNever);
  EXPECT_EQ(field.buffer.as<std::uint64_t>()[4], after);
}

TEST(Permute, RefusesWhatIsNoPermutationOfTheAxes) {
  HostMemory memory;
  const Field source = numbered_field(memory, ElementType::c64, 3);
  const Field target(memory, ElementType::c64, 3);
  for (const AxisPermutation& to : {AxisPermutation{0, 1}, AxisPermutation{0, 1, 3}, AxisPermutation{0, 1, 1}}) {
    EXPECT_THROW(permute(source, target, to, Arena(1), kNever), Error);
    EXPECT_THROW(permute_in_place(source, to, Arena(1), kNever), Error);
  }
}

TEST(Permute, ARequestedCancelStopsIt) {
  HostMemory memory;
  const Field source = numbered_field(memory, ElementType::c64, 20);
  const Field target(memory, ElementType::c64, 20);
  AxisPermutation to = identity(20);
  std::ranges::reverse(to);
  CancelToken cancel;
  cancel.request();
  EXPECT_THROW(permute(source, target, to, Arena(2), cancel), Error);
  EXPECT_THROW(permute_in_place(source, to, Arena(2), cancel), Error);
}

}  // namespace
}  // namespace basalt
