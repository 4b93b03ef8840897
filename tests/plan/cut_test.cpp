#include "plan/cut.h"

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

/// Every operation once, local to its stage, and every pair that does not commute in its order.
void expect_valid(const std::vector<Access>& operations, const CutSettings& settings,
                  const std::vector<StageCut>& stages) {
  std::vector<std::uint32_t> order;
  std::uint64_t touched = settings.touched_axes & lowest(settings.field_axes);
  const int tile_axes = std::min(settings.tile_axes, settings.field_axes);
  for (const StageCut& stage : stages) {
    EXPECT_EQ(std::popcount(stage.tile_axes), tile_axes);
    EXPECT_EQ(stage.tile_axes & ~lowest(settings.field_axes), 0U);
    EXPECT_EQ(stage.tile_axes & lowest(settings.low_axes), lowest(std::min(settings.low_axes, settings.field_axes)));
    EXPECT_EQ(stage.outer_axes, touched & ~stage.tile_axes);
    for (const std::uint32_t step : stage.steps) {
      ASSERT_LT(step, operations.size());
      EXPECT_EQ(operations[step].mixes & ~stage.tile_axes, 0U) << "operation " << step << " is not local";
      touched |= operations[step].mixes;
      order.push_back(step);
    }
  }
  ASSERT_EQ(order.size(), operations.size());
  std::vector<bool> seen(operations.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    ASSERT_FALSE(seen[order[i]]) << "operation " << order[i] << " twice";
    seen[order[i]] = true;
    for (std::size_t j = 0; j < i; ++j) {
      ASSERT_TRUE(order[j] < order[i] || commute(operations[order[i]], operations[order[j]]))
          << order[j] << " must not go before " << order[i];
    }
  }
}

/// Runs of phases that nothing parts.
int phase_groups(const std::vector<Access>& operations, const std::vector<StageCut>& stages) {
  int groups = 0;
  for (const StageCut& stage : stages) {
    bool in_group = false;
    for (const std::uint32_t step : stage.steps) {
      const bool is_phase = operations[step].mixes == 0;
      groups += is_phase && !in_group ? 1 : 0;
      in_group = is_phase;
    }
  }
  return groups;
}

std::vector<StageCut> cut(const std::vector<Access>& operations, const CutSettings& settings) {
  std::vector<StageCut> stages = cut_stages(operations, settings);
  expect_valid(operations, settings, stages);
  return stages;
}

RC_GTEST_PROP(CutStages, GiveAValidOrder, ()) {
  const int axes = *rc::gen::inRange(1, 20);
  const int low_axes = *rc::gen::inRange(0, 4);
  const CutSettings settings{.field_axes = axes,
                             .tile_axes = *rc::gen::inRange(low_axes + 3, low_axes + 10),
                             .low_axes = low_axes,
                             .touched_axes = *rc::gen::element<std::uint64_t>(0, ~std::uint64_t{0}, 0x5A5A),
                             .effort = *rc::gen::element<std::uint64_t>(0, 1000, 100'000)};
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto operations = random_operations(axes, *rc::gen::inRange(0, 300), 3, seed);
  cut(operations, settings);
  RC_ASSERT(!testing::Test::HasFailure());
}

TEST(CutStages, AreTheSameEveryTime) {
  const auto operations = random_operations(18, 400, 3, 7);
  const CutSettings settings{.field_axes = 18, .tile_axes = 9, .low_axes = 3};
  const auto first = cut(operations, settings);
  const auto second = cut(operations, settings);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].tile_axes, second[i].tile_axes);
    EXPECT_EQ(first[i].steps, second[i].steps);
  }
}

TEST(CutStages, NothingNeedsNoStage) {
  EXPECT_TRUE(cut_stages({}, {.field_axes = 20, .tile_axes = 14, .low_axes = 3}).empty());
}

TEST(CutStages, OneStageWhereATileHoldsTheField) {
  const auto operations = random_operations(10, 200, 3, 1);
  EXPECT_EQ(cut(operations, {.field_axes = 10, .tile_axes = 10, .low_axes = 3}).size(), 1U);
  EXPECT_EQ(cut(operations, {.field_axes = 10, .tile_axes = 14, .low_axes = 3}).size(), 1U);
}

TEST(CutStages, PhasesAloneAreOneStage) {
  const std::vector<Access> operations{phase(axis(3) | axis(19)), phase(axis(11)), phase(axis(19) | axis(18))};
  const auto stages = cut(operations, {.field_axes = 20, .tile_axes = 8, .low_axes = 3});
  ASSERT_EQ(stages.size(), 1U);
  EXPECT_EQ(stages[0].tile_axes, lowest(8));
}

TEST(CutStages, APhaseWaitsForTheStageThatNeedsIt) {
  // Both phases could be done at once; nothing needs the second before the last stage.
  const std::vector<Access> operations{phase(axis(12)), phase(axis(0) | axis(13)), mixing(axis(12)),
                                       mixing(axis(8) | axis(9) | axis(10) | axis(11)), mixing(axis(13) | axis(14))};
  const auto stages = cut(operations, {.field_axes = 16, .tile_axes = 8, .low_axes = 3});
  ASSERT_EQ(stages.size(), 2U);
  EXPECT_EQ(stages[0].steps, (std::vector<std::uint32_t>{3, 0, 2}));
  EXPECT_EQ(stages[1].steps, (std::vector<std::uint32_t>{1, 4}));
}

TEST(CutStages, PhasesOfALayerAreOneGroup) {
  // As rotations come from a parser: each phase directly before what needs it.
  std::vector<Access> operations;
  for (int layer = 0; layer < 3; ++layer) {
    for (int target = 0; target < 10; ++target) {
      operations.push_back(phase(axis(target)));
      operations.push_back(mixing(axis(target)));
    }
  }
  EXPECT_EQ(phase_groups(operations, cut(operations, {.field_axes = 10, .tile_axes = 10, .low_axes = 3})), 3);
}

TEST(CutStages, FromZerosTheFirstStagesVisitNextToNothing) {
  std::vector<Access> operations;
  for (int target = 0; target < 24; ++target) {
    operations.push_back(mixing(axis(target)));
  }
  const auto stages = cut(operations, {.field_axes = 24, .tile_axes = 14, .low_axes = 3, .touched_axes = 0});
  ASSERT_EQ(stages.size(), 2U);
  EXPECT_EQ(stages[0].outer_axes, 0U);
  EXPECT_EQ(std::popcount(stages[1].outer_axes | stages[1].tile_axes), 24);
}

TEST(CutStages, ATileIsFilledWithAxesThatAreTouched) {
  // Three axes are enough; another one that is not touched would have zeros visited.
  const auto stages = cut({mixing(axis(9))}, {.field_axes = 12, .tile_axes = 4, .low_axes = 1, .touched_axes = 0xC00});
  ASSERT_EQ(stages.size(), 1U);
  EXPECT_EQ(stages[0].tile_axes, axis(0) | axis(9) | axis(10) | axis(11));
  EXPECT_EQ(stages[0].outer_axes, 0U);
}

TEST(CutStages, AxesThatNeedManyStagesShareThem) {
  // Two far groups, worked on in turn by operations that commute: the groups must not be visited in turn.
  std::vector<Access> operations;
  for (int repeat = 0; repeat < 20; ++repeat) {
    operations.push_back(mixing(axis(10) | axis(11) | axis(12)));
    operations.push_back(mixing(axis(13) | axis(14) | axis(15)));
  }
  EXPECT_EQ(cut(operations, {.field_axes = 16, .tile_axes = 5, .low_axes = 2}).size(), 2U);
}

TEST(CutStages, StayBelowTheYardsticks) {
  for (const int low_axes : {3, 5}) {
    const auto stages = [&](const std::vector<Access>& operations, int axes) {
      return cut(operations, {.field_axes = axes, .tile_axes = 14, .low_axes = low_axes, .effort = 1 << 22}).size();
    };
    EXPECT_LE(stages(qft_operations(26), 26), 3U);
    for (const std::uint64_t seed : {1, 2, 3}) {
      EXPECT_LE(stages(quantum_volume_operations(24, seed), 24), 18U);
      EXPECT_LE(stages(qaoa_operations(30, 3, 3, seed), 30), 6U);
    }
  }
}

TEST(CutStages, LongProgramsAreCutInLinearTime) {
  // Ten times as long as what a search of any breadth would come to an end with.
  const auto operations = random_operations(30, 200'000, 2, 3);
  const auto stages = cut_stages(operations, {.field_axes = 30, .tile_axes = 14, .low_axes = 3});
  std::size_t steps = 0;
  for (const StageCut& stage : stages) {
    steps += stage.steps.size();
  }
  EXPECT_EQ(steps, operations.size());
}

}  // namespace
}  // namespace basalt
