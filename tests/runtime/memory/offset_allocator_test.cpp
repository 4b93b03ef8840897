// The offset allocator against slow, obvious bookkeeping.
#include "basalt/memory/offset_allocator.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <random>
#include <vector>

#include "runtime/memory/offset_model.h"

namespace basalt {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

TEST(OffsetAllocator, GivesEverythingAndTakesItBackWhole) {
  OffsetAllocator allocator(kMiB + 63);
  EXPECT_EQ(allocator.capacity_bytes(), kMiB);
  const auto all = allocator.allocate(kMiB);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->offset, 0U);
  EXPECT_FALSE(allocator.allocate(1));
  EXPECT_EQ(allocator.largest_free_bytes(), 0U);
  EXPECT_EQ(allocator.fragmentation(), 0);
  allocator.release(*all);
  EXPECT_EQ(allocator.free_bytes(), kMiB);
  EXPECT_EQ(allocator.largest_free_bytes(), kMiB);
}

TEST(OffsetAllocator, RefusesWhatCannotFit) {
  OffsetAllocator allocator(kMiB);
  EXPECT_FALSE(allocator.allocate(kMiB + 1));
  EXPECT_FALSE(allocator.allocate(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_FALSE(OffsetAllocator(63).allocate(1));
  const auto first = allocator.allocate(64);
  ASSERT_TRUE(first);
  EXPECT_FALSE(allocator.allocate(64, std::uint64_t{1} << 63)) << "only offset 0 is aligned so, and it is taken";
  EXPECT_EQ(allocator.free_bytes(), kMiB - 64);
}

TEST(OffsetAllocator, HandlesRangesLargerThanAnyMemory) {
  OffsetAllocator allocator(std::numeric_limits<std::uint64_t>::max(), 1);
  const std::uint64_t half = allocator.capacity_bytes() / 2;
  const auto first = allocator.allocate(half);
  const auto second = allocator.allocate(half);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->offset, second->offset);
  EXPECT_EQ(allocator.free_bytes(), 0U);
}

TEST(OffsetAllocator, MergesNeighboursInEveryOrderOfRelease) {
  std::vector<int> order{0, 1, 2, 3};
  do {
    OffsetAllocator allocator(4096);
    std::vector<OffsetAllocator::Allocation> blocks;
    for (int i = 0; i < 4; ++i) {
      blocks.push_back(*allocator.allocate(1024));
    }
    for (const int i : order) {
      allocator.release(blocks[static_cast<std::size_t>(i)]);
    }
    ASSERT_EQ(allocator.largest_free_bytes(), 4096U);
  } while (std::ranges::next_permutation(order).found);
}

TEST(OffsetAllocator, TellsFragmentation) {
  OffsetAllocator allocator(4096);
  const auto first = allocator.allocate(1024);
  const auto second = allocator.allocate(1024);
  const auto third = allocator.allocate(1024);
  ASSERT_TRUE(first && second && third);
  allocator.release(*second);
  EXPECT_EQ(allocator.free_bytes(), 2048U);
  EXPECT_EQ(allocator.largest_free_bytes(), 1024U);
  EXPECT_DOUBLE_EQ(allocator.fragmentation(), 0.5);
}

TEST(OffsetAllocator, ReusesAGapOfJustThisSize) {
  // sizes that fall between two lists: rounding the search up must not pass the gap by
  OffsetAllocator allocator(std::uint64_t{1} << 40);
  const std::uint64_t odd = 64 * 1000003;
  const auto first = allocator.allocate(odd);
  const auto wall = allocator.allocate(64);
  ASSERT_TRUE(first && wall);
  allocator.release(*first);
  const auto again = allocator.allocate(odd);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->offset, first->offset);
}

TEST(OffsetAllocator, AlignsWithoutLosingTheGapInFront) {
  OffsetAllocator allocator(kMiB);
  const auto first = allocator.allocate(64);
  const auto aligned = allocator.allocate(4096, 65536);
  ASSERT_TRUE(first && aligned);
  EXPECT_EQ(aligned->offset, 65536U);
  const auto between = allocator.allocate(65536 - 64);
  ASSERT_TRUE(between);
  EXPECT_EQ(between->offset, 64U);
}

/// What a random test does next: sizes and alignments over many powers of two, small ones most often.
struct Step {
  bool release;
  std::uint64_t bytes;
  std::uint64_t alignment;
  std::uint16_t where;
};

Step step_of(std::uint64_t random, int max_bits) {
  const auto bits = static_cast<int>((random >> 8) % static_cast<unsigned>(max_bits));
  return {.release = random % 100 < 48,
          .bytes = 1 + ((random >> 16) & ((std::uint64_t{1} << bits) - 1)),
          .alignment = (random >> 4) % 8 == 0 ? std::uint64_t{1} << (random >> 40) % 17 : 1,
          .where = static_cast<std::uint16_t>(random >> 48)};
}

std::string apply(test::OffsetModel& model, const Step& step) {
  return step.release ? model.release(step.where) : model.allocate(step.bytes, step.alignment);
}

TEST(OffsetAllocator, AgreesWithTheModelOverAMillionOperations) {
  std::mt19937_64 random(20240607);
  test::OffsetModel model(256 * kMiB, 64);
  for (int i = 0; i < 1'000'000; ++i) {
    const std::string wrong = apply(model, step_of(random(), 20));
    ASSERT_EQ(wrong, "") << "operation " << i;
    if (i % 10'000 == 0) {
      ASSERT_EQ(model.check_largest(), "") << "operation " << i;
    }
  }
  EXPECT_GT(model.blocks(), 1000U) << "the run is meant to keep many blocks";
  while (model.blocks() > 0) {
    ASSERT_EQ(model.release(0), "");
  }
  EXPECT_EQ(model.allocator().largest_free_bytes(), 256 * kMiB) << "all gaps are merged";
}

RC_GTEST_PROP(OffsetAllocator, AgreesWithTheModelOnAnySequence, ()) {
  const auto granularity = std::uint64_t{1} << *rc::gen::inRange(0, 13);
  test::OffsetModel model(*rc::gen::inRange<std::uint64_t>(0, 1 << 20), granularity);
  // the full size from the first case on: numbers of 64 random bits
  for (const std::uint64_t step :
       *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::vector<std::uint64_t>>())) {
    RC_ASSERT(apply(model, step_of(step, 18)) == "");
    RC_ASSERT(model.check_largest() == "");
  }
}

}  // namespace
}  // namespace basalt
