#include "plan/split_plan.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>

#include "plan/operation_lists.h"

namespace basalt {
namespace {

std::uint64_t lowest(int count) {
  return (std::uint64_t{1} << count) - 1;
}

bool commute(const Access& a, const Access& b) {
  return (a.mixes & (b.mixes | b.reads)) == 0 && (b.mixes & (a.mixes | a.reads)) == 0;
}

Program program_of(const std::vector<Access>& operations) {
  Program program;
  for (const Access& access : operations) {
    program.steps.push_back(
        {.kernel = "test", .access = access, .share = 1, .flops_per_element = 1, .operands = nullptr});
  }
  return program;
}

std::uint64_t moved(std::uint64_t axes, std::span<const std::uint8_t> place) {
  std::uint64_t result = 0;
  for (std::size_t axis = 0; axis < place.size(); ++axis) {
    result |= (axes >> axis & 1) << place[axis];
  }
  return result;
}

Access moved(const Access& access, std::span<const std::uint8_t> place) {
  return {
      .mixes = moved(access.mixes, place), .reads = moved(access.reads, place), .fixed = moved(access.fixed, place)};
}

Step move_step(const Step& step, std::span<const std::uint8_t> place) {
  Step result = step;
  result.access = moved(step.access, place);
  return result;
}

Plan plan_of(const std::vector<Access>& operations, int axes, const SplitLimits& split, const AxisPlaces& places) {
  const DeviceLimits limits{.tile_axes = std::min(6, split.part_axes), .low_axes = 2};
  EXPECT_EQ(places.place.size(), static_cast<std::size_t>(axes));
  return make_split_plan(program_of(operations), ElementType::c64, limits, split,
                         {.places = places, .describe = nullptr, .move = move_step});
}

/// Every operation once, in an order that gives the same, at the places where its axes are then, inside of the parts.
void expect_valid(const std::vector<Access>& operations, const SplitLimits& split, AxisPlaces places,
                  const Plan& result) {
  const int axes = static_cast<int>(places.place.size());
  std::vector<std::size_t> order;
  for (const Stage& stage : result.stages) {
    EXPECT_TRUE(stage.swaps.empty() || stage.steps.empty());
    for (const AxisSwap& swap : stage.swaps) {
      EXPECT_GE(swap.inside, split.held_axes);
      EXPECT_LT(swap.inside, split.part_axes);
      EXPECT_GE(swap.outside, split.part_axes);
      EXPECT_LT(swap.outside, axes);
      const std::uint64_t both = std::uint64_t{1} << swap.inside | std::uint64_t{1} << swap.outside;
      EXPECT_EQ(stage.swaps.size() == 1 && stage.predicted_bytes == 0,
                stage.swaps.size() == 1 && (places.touched & both) == 0);
      places.swap(swap);
    }
    for (const std::uint32_t index : stage.steps) {
      ASSERT_LT(index, operations.size());
      const std::uint64_t mixes = moved(operations[index].mixes, places.place);
      EXPECT_EQ(mixes & ~lowest(split.part_axes), 0U) << "mixes what numbers the parts";
      EXPECT_EQ(mixes & ~stage.tile_axes, 0U) << "is not local to its tile";
      places.touched |= mixes;
      order.push_back(index);
    }
  }
  ASSERT_EQ(order.size(), operations.size());
  std::vector<bool> seen(operations.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    ASSERT_FALSE(seen[order[i]]);
    seen[order[i]] = true;
    for (std::size_t j = 0; j < i; ++j) {
      ASSERT_TRUE(order[j] < order[i] || commute(operations[order[i]], operations[order[j]]));
    }
  }
}

std::size_t costly_swaps(const Plan& plan) {
  std::size_t count = 0;
  for (const Stage& stage : plan.stages) {
    count += stage.swaps.empty() || stage.predicted_bytes == 0 ? 0 : stage.swaps.size();
  }
  return count;
}

RC_GTEST_PROP(SplitPlanProperties, RunsEveryOperationInsideOfTheParts, ()) {
  const int axes = *rc::gen::inRange(8, 14);
  const int outside = *rc::gen::inRange(1, 4);
  const SplitLimits split{.part_axes = axes - outside, .held_axes = *rc::gen::inRange(0, 3)};
  std::vector<Access> operations;
  const int count = *rc::gen::inRange(0, 60);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t mixes =
        *rc::gen::inRange(0, 4) == 0 ? 0 : axis(*rc::gen::inRange(0, axes)) | axis(*rc::gen::inRange(0, axes));
    const std::uint64_t reads = axis(*rc::gen::inRange(0, axes)) | axis(*rc::gen::inRange(0, axes));
    operations.push_back({.mixes = mixes, .reads = reads & ~mixes, .fixed = 0});
  }
  const AxisPlaces places = AxisPlaces::identity(axes);
  expect_valid(operations, split, places, plan_of(operations, axes, split, places));
}

TEST(SplitPlan, GoesOnFromWhereTheAxesLie) {
  const SplitLimits split{.part_axes = 8, .held_axes = 2};
  AxisPlaces places = AxisPlaces::identity(10);
  places.swap({.inside = 5, .outside = 9});
  places.touched = lowest(10);
  const std::vector<Access> operations = qft_operations(10);
  const Plan plan = plan_of(operations, 10, split, places);
  expect_valid(operations, split, places, plan);
  EXPECT_GT(costly_swaps(plan), 0U);
}

TEST(SplitPlan, SwapsNothingWhereEverythingIsInside) {
  const SplitLimits split{.part_axes = 9, .held_axes = 2};
  const std::vector<Access> operations{mixing(axis(0), axis(9)), phase(axis(9) | axis(3)), mixing(axis(8) | axis(1))};
  const Plan plan = plan_of(operations, 10, split, AxisPlaces::identity(10));
  for (const Stage& stage : plan.stages) {
    EXPECT_TRUE(stage.swaps.empty());
  }
}

TEST(SplitPlan, NeedsAsFewSwapsAsKnownCircuitsAllow) {
  const SplitLimits split{.part_axes = 29, .held_axes = 4};
  const AxisPlaces places = AxisPlaces::identity(30);
  // H on the axis that numbers the parts comes first, when all are zero but one; it must come back once
  EXPECT_LE(costly_swaps(plan_of(qft_operations(30), 30, split, places)), 1U);
  // every layer mixes every axis with another
  EXPECT_LE(costly_swaps(plan_of(quantum_volume_operations(30, 1), 30, split, places)), 6U);
}

TEST(SplitPlan, CountsHalfOfEveryPartThatGoes) {
  const SplitLimits split{.part_axes = 10, .held_axes = 2, .swap_bytes_per_second = 1e9, .swap_seconds = 0.5};
  AxisPlaces places = AxisPlaces::identity(11);
  places.touched = lowest(11);
  const Plan plan = plan_of({mixing(axis(10))}, 11, split, places);
  const Stage& swap = plan.stages.front();
  ASSERT_EQ(swap.swaps.size(), 1U);
  EXPECT_EQ(swap.swaps.front(), (AxisSwap{.inside = 9, .outside = 10}));
  // of 2 parts of 2^10 amplitudes of 8 bytes, half is read and half is written
  EXPECT_DOUBLE_EQ(swap.predicted_bytes, 2 * 1024 * 8);
  EXPECT_DOUBLE_EQ(swap.predicted_seconds, 0.5 + 512 * 8 / 1e9);
}

}  // namespace
}  // namespace basalt
