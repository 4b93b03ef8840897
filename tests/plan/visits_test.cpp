// Visits of a field on disk: the same cut one rung down, with what each moves and how long the disk takes for it.
#include "plan/visits.h"

#include <gtest/gtest.h>

#include <bit>
#include <set>

namespace basalt {
namespace {

constexpr VisitLimits kDisk{.tile_axes = 10,
                            .chunk_axes = 4,
                            .buffers = 2,
                            .read_bytes_per_second = 1e6,
                            .write_bytes_per_second = 2e6,
                            .both_bytes_per_second = 1.5e6};

Step moved(const Step& step, std::span<const std::uint8_t> place) {
  Step result = step;
  for (std::uint64_t Access::*member : {&Access::mixes, &Access::reads, &Access::fixed}) {
    std::uint64_t axes = 0;
    for (std::size_t axis = 0; axis < place.size(); ++axis) {
      axes |= (step.access.*member >> axis & 1) << place[axis];
    }
    result.access.*member = axes;
  }
  return result;
}

Step mixing(std::uint64_t mixes, std::uint64_t reads = 0) {
  return {.kernel = "any", .access = {.mixes = mixes, .reads = reads, .fixed = reads}, .operands = nullptr};
}

VisitSettings settings_for(std::uint64_t touched) {
  return {.touched_axes = touched,
          .plan_tile =
              [](const Program& program, int axes, std::uint64_t own) {
                return make_plan(program, ElementType::c128, axes, {}, {.touched_axes = own});
              },
          .move = moved};
}

Plan plan_of(const Program& program, std::uint64_t touched, const VisitLimits& disk = kDisk) {
  return make_visit_plan(program, ElementType::c128, 14, disk, settings_for(touched));
}

constexpr double kState = 16.0 * (1 << 14);

TEST(Visits, HaveEveryStepOnceInTilesThatHoldWhatItMixes) {
  Program program;
  for (int layer = 0; layer < 3; ++layer) {
    for (int axis = 0; axis < 14; ++axis) {
      program.steps.push_back(mixing(std::uint64_t{1} << axis, std::uint64_t{1} << (axis + 5) % 14));
    }
  }
  const Plan plan = plan_of(program, ~std::uint64_t{0});
  std::multiset<std::uint32_t> steps;
  for (const Stage& stage : plan.stages) {
    EXPECT_EQ(std::popcount(stage.tile_axes), 10);
    EXPECT_EQ(stage.tile_axes & 0xF, 0xFU) << "chunks are whole";
    for (const std::uint32_t step : stage.steps) {
      EXPECT_EQ(program.steps[step].access.mixes & ~stage.tile_axes, 0U);
      steps.insert(step);
    }
  }
  EXPECT_EQ(steps.size(), program.steps.size());
  EXPECT_EQ(std::set<std::uint32_t>(steps.begin(), steps.end()).size(), program.steps.size());
}

TEST(Visits, CountWhatTheDiskMoves) {
  const Program program{{mixing(1U << 13)}};
  const Plan plan = plan_of(program, ~std::uint64_t{0});
  ASSERT_EQ(plan.stages.size(), 1U);
  EXPECT_EQ(plan.predicted_bytes, 2 * kState);
  EXPECT_GE(plan.predicted_seconds, 2 * kState / 1.5e6);
  EXPECT_LT(plan.predicted_seconds, 1.01 * 2 * kState / 1.5e6) << "of a step that takes no time";
}

TEST(Visits, CountNoZeros) {
  const Program program{{mixing(1U << 13)}};
  const Plan plan = plan_of(program, 0);
  EXPECT_EQ(plan.predicted_bytes, 16.0 * 16 * 3) << "one chunk is read, two are written";
  EXPECT_EQ(plan.stages.front().outer_axes, 0U);
}

TEST(Visits, DoOneAfterTheOtherWithOneBuffer) {
  const Program program{{mixing(1U << 13)}};
  VisitLimits one = kDisk;
  one.buffers = 1;
  EXPECT_GE(plan_of(program, ~std::uint64_t{0}, one).predicted_seconds,
            plan_of(program, ~std::uint64_t{0}).predicted_seconds);
}

TEST(Visits, RunInTilesWithTheirAxesInOrder) {
  const Program program{{mixing(1U << 13, 1U << 5), mixing(1U << 6, 1U << 2)}};
  const std::uint64_t tile = 0b11000001111111U | 1U << 11;  // 0-6, 11-13
  const Stage stage{.steps = {0, 1}, .tile_axes = tile, .outer_axes = ~tile & 0x3FFF};
  const Visit visit = plan_visit(program, stage, 14, settings_for(~std::uint64_t{0}));
  ASSERT_EQ(visit.program.steps.size(), 2U);
  EXPECT_EQ(visit.program.steps[0].access.mixes, 1U << 9);
  EXPECT_EQ(visit.program.steps[0].access.reads, 1U << 5);
  EXPECT_EQ(visit.program.steps[1].access.mixes, 1U << 6);
  const Program outside{{mixing(1U << 0, 1U << 8)}};
  EXPECT_EQ(plan_visit(outside, {.steps = {0}, .tile_axes = tile, .outer_axes = ~tile & 0x3FFF}, 14,
                       settings_for(~std::uint64_t{0}))
                .program.steps[0]
                .access.reads,
            1U << 11)
      << "axes outside follow: 7, 8, 9, 10 are places 10 to 13";
}

}  // namespace
}  // namespace basalt
