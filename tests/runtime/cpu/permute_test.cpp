// Against the definition, written out.
#include "runtime/cpu/permute.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "hwy/highway.h"
#include "runtime/cpu/simd_targets.h"

namespace basalt {
namespace {

const CancelToken kNever;

/// Every word its own value.
Field numbered_field(MemoryResource& memory, ElementType type, int axes) {
  Field field(memory, type, axes);
  auto* words = field.buffer.as<std::uint64_t>();
  for (std::uint64_t i = 0; i < field.size_bytes() / 8; ++i) {
    words[i] = 0x100000001 + i;
  }
  return field;
}

/// What permute promises, by its definition.
std::vector<std::uint64_t> slowly_permuted(const Field& field, const AxisPermutation& to) {
  const auto* words = field.buffer.as<std::uint64_t>();
  const std::uint64_t per_element = element_bytes(field.type) / 8;
  std::vector<std::uint64_t> result(per_element << field.axes);
  for (std::uint64_t i = 0; i < std::uint64_t{1} << field.axes; ++i) {
    std::uint64_t j = 0;
    for (std::size_t axis = 0; axis < to.size(); ++axis) {
      j |= (i >> axis & 1) << to[axis];
    }
    std::copy_n(words + i * per_element, per_element, result.begin() + static_cast<std::ptrdiff_t>(j * per_element));
  }
  return result;
}

std::vector<std::uint64_t> words_of(const Field& field) {
  const auto* words = field.buffer.as<std::uint64_t>();
  return {words, words + (element_bytes(field.type) / 8 << field.axes)};
}

/// Runs `body` with each instruction set that this processor has.
template <typename Body>
void with_each_target(const Body& body) {
  const std::int64_t supported = hwy::SupportedTargets() & HWY_TARGETS;
  for (std::int64_t rest = supported; rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    hwy::GetChosenTarget().DeInit();
    SCOPED_TRACE(hwy::TargetName(rest & -rest));
    body();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
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
  with_each_target([&] {
    for (const ElementType type : {ElementType::c64, ElementType::c128}) {
      for (int axes = 0; axes <= 5; ++axes) {
        AxisPermutation to(static_cast<std::size_t>(axes));
        std::iota(to.begin(), to.end(), std::uint8_t{0});
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
  with_each_target([&] {
    for (int round = 0; round < 300; ++round) {
      AxisPermutation to(6 + random() % 12);
      std::iota(to.begin(), to.end(), std::uint8_t{0});
      // Sometimes only a part of the axes moves.
      std::shuffle(to.begin() + (round % 3 == 0 ? random() % to.size() : 0), to.end(), random);
      const PermuteSettings settings{.streaming = round % 2 == 0, .max_tile_axes = 6 + static_cast<int>(random() % 8)};
      ASSERT_NO_FATAL_FAILURE(
          expect_permutes(round % 5 == 0 ? ElementType::c128 : ElementType::c64, to, arena, settings));
    }
  });
}

}  // namespace
}  // namespace basalt
