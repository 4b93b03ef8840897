#include "plan/cost.h"

#include <gtest/gtest.h>

#include "plan/invented_machine.h"

namespace basalt {
namespace {

/// Two threads; caches of 32 KiB, 1 MiB and 32 MiB; numbers that are easy to count with.
CostFigures round_figures() {
  CostFigures figures;
  figures.levels = {{.level = 1, .capacity_bytes = 32 << 10, .shared_by = 1, .speed = {400e9, 800e9}},
                    {.level = 2, .capacity_bytes = 1 << 20, .shared_by = 1, .speed = {200e9, 400e9}},
                    {.level = 3, .capacity_bytes = 32 << 20, .shared_by = 8, .speed = {100e9, 200e9}},
                    {.level = 0, .shared_by = 8, .speed = {10e9, 15e9}}};
  figures.flops_f32 = {100e9, 200e9};
  figures.flops_f64 = {50e9, 100e9};
  figures.barriers = {{.threads = 2, .seconds = 5e-6}};
  figures.run_overhead_bytes = 0;
  figures.page_overhead_bytes = 0;
  figures.pass_seconds = 0;
  figures.stage_seconds = 0;
  return figures;
}

std::uint64_t axes(int first, int count) {
  return ((std::uint64_t{1} << count) - 1) << first;
}

/// The lowest 12 axes of a field in tiles: 32 KiB of c64.
StageLoad load_of(int field_axes, std::span<const TileWork> work) {
  return {.type = ElementType::c64,
          .tile_axes = axes(0, 12),
          .outer_axes = axes(12, field_axes - 12),
          .bytes = 0,
          .work = work};
}

TEST(CostOfStage, OfLittleArithmeticIsMemorys) {
  const StageCost cost = cost_of_stage(round_figures(), load_of(28, {}), 1);
  EXPECT_EQ(cost.bytes, 2.0 * 8 * (1 << 28));
  EXPECT_EQ(cost.flops, 0);
  // Memory at 10 GB/s, and the copy in the nearest cache that holds a tile.
  EXPECT_NEAR(cost.seconds, cost.bytes / 10e9, 0.1 * cost.seconds);
}

TEST(CostOfStage, OfMuchArithmeticIsItsOwn) {
  const TileWork work{.kernel = "dense", .flops_per_element = 5000, .cache_bytes_per_element = 16, .peak_share = 0.5};
  const StageCost cost = cost_of_stage(round_figures(), load_of(24, {&work, 1}), 1);
  EXPECT_EQ(cost.flops, 5000.0 * (1 << 24));
  EXPECT_NEAR(cost.seconds, cost.flops / 50e9, 0.05 * cost.seconds);
  StageLoad twice = load_of(24, {&work, 1});
  twice.type = ElementType::c128;
  EXPECT_NEAR(cost_of_stage(round_figures(), twice, 1).seconds, 2 * cost.seconds, 0.1 * cost.seconds);
}

TEST(CostOfStage, ThreadsShareMemoryButNotArithmetic) {
  const TileWork work{.kernel = "dense", .flops_per_element = 5000, .cache_bytes_per_element = 16, .peak_share = 1};
  const CostFigures figures = round_figures();
  const StageCost busy = cost_of_stage(figures, load_of(24, {&work, 1}), 2);
  EXPECT_EQ(busy.threads, 2);
  EXPECT_NEAR(busy.seconds, cost_of_stage(figures, load_of(24, {&work, 1}), 1).seconds / 2, 0.05 * busy.seconds);
  const StageCost waiting = cost_of_stage(figures, load_of(28, {}), 2);
  EXPECT_EQ(waiting.threads, 2);
  EXPECT_NEAR(waiting.seconds, waiting.bytes / 15e9, 0.05 * waiting.seconds);
}

TEST(CostOfStage, ABarrierKeepsSmallStagesOnOneThread) {
  const TileWork work{.kernel = "dense", .flops_per_element = 14, .cache_bytes_per_element = 16, .peak_share = 1};
  EXPECT_EQ(cost_of_stage(round_figures(), load_of(13, {&work, 1}), 2).threads, 1);
  EXPECT_EQ(cost_of_stage(round_figures(), load_of(20, {&work, 1}), 2).threads, 2);
}

TEST(CostOfStage, ASingleTileNeedsNoMemoryAndOneThread) {
  const TileWork work{.kernel = "dense", .flops_per_element = 100, .cache_bytes_per_element = 16, .peak_share = 1};
  const StageCost cost = cost_of_stage(round_figures(), load_of(12, {&work, 1}), 2);
  EXPECT_EQ(cost.threads, 1);
  EXPECT_DOUBLE_EQ(cost.seconds, 100.0 * 4096 / 100e9);
}

TEST(CostOfStage, FieldsInACacheAreCheaper) {
  const CostFigures figures = round_figures();
  const double in_cache = cost_of_stage(figures, load_of(19, {}), 1).seconds;
  const double in_memory = cost_of_stage(figures, load_of(23, {}), 1).seconds;
  EXPECT_LT(in_cache * 16 * 4, in_memory);
}

TEST(CostOfStage, ShortRunsAndManyPagesTakeLonger) {
  CostFigures figures = round_figures();
  figures.run_overhead_bytes = 40;
  figures.page_overhead_bytes = 500;
  const auto seconds = [&](std::uint64_t tile) {
    return cost_of_stage(
               figures,
               {.type = ElementType::c64, .tile_axes = tile, .outer_axes = axes(0, 26) & ~tile, .bytes = 0, .work = {}},
               1)
        .seconds;
  };
  const double contiguous = seconds(axes(0, 12));
  const double in_pages = seconds(axes(0, 3) | axes(4, 5) | axes(20, 4));
  const double scattered = seconds(axes(0, 3) | axes(17, 9));
  EXPECT_LT(contiguous * 1.3, in_pages);
  EXPECT_LT(in_pages * 2, scattered);
}

TEST(CostOfStage, WithoutTilesIsOfTheBytesThatAreVisited) {
  const TileWork work{.kernel = "collapse", .flops_per_element = 2};
  const StageLoad load{.type = ElementType::c128, .tile_axes = 0, .outer_axes = 0, .bytes = 32e9, .work = {&work, 1}};
  const StageCost cost = cost_of_stage(round_figures(), load, 1);
  EXPECT_EQ(cost.bytes, 32e9);
  EXPECT_EQ(cost.flops, 2e9);
  EXPECT_NEAR(cost.seconds, 3.2, 0.01);
}

TEST(ChooseCosts, MeasuredSpeedsWinAndTheOthersAreGuessed) {
  std::vector<LimitChoice> choices;
  const CostFigures costs = choose_costs(invented_machine(8), invented_figures(), 8, choices);
  ASSERT_EQ(costs.levels.size(), 4U);
  EXPECT_EQ(costs.levels[1].speed.alone, 180e9);
  EXPECT_EQ(costs.levels[1].speed.together, 1440e9);
  EXPECT_EQ(costs.levels[1].speed.of(4), 720e9);
  EXPECT_EQ(costs.levels[3].speed.of(8), 20e9);
  EXPECT_EQ(costs.levels.back().level, 0);
  EXPECT_EQ(costs.flops_f32.alone, 105e9) << "of the fastest instruction set";
  EXPECT_EQ(costs.flops_f32.together, 105e9) << "which was measured on one thread only";
  EXPECT_EQ(costs.barriers.size(), 3U);
  EXPECT_FALSE(choices.empty());
}

TEST(ChooseCosts, WithoutWisdomNothingIsZero) {
  std::vector<LimitChoice> choices;
  Inventory bare;
  bare.cores = {4, "processors online"};
  const CostFigures costs = choose_costs(bare, std::nullopt, 4, choices);
  ASSERT_EQ(costs.levels.size(), 1U);
  EXPECT_GT(costs.levels[0].speed.of(1), 0);
  EXPECT_GT(costs.flops_f64.of(4), costs.flops_f64.of(1));
  for (const LimitChoice& choice : choices) {
    EXPECT_EQ(choice.source.substr(0, 7), "default") << choice.name;
  }
}

}  // namespace
}  // namespace basalt
