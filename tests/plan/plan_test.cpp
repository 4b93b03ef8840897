#include "plan/plan.h"

#include <gtest/gtest.h>

#include <bit>

#include "plan/invented_machine.h"
#include "plan/invented_tiles.h"
#include "plan/operation_lists.h"

namespace basalt {
namespace {

Step step(std::uint64_t mixes, std::uint64_t fixed, double share = 1) {
  return {.kernel = "test", .access = {.mixes = mixes, .reads = fixed, .fixed = fixed}, .share = share, .operands = {}};
}

TEST(VisitedShare, HalvesForEveryFixedAxisAboveALine) {
  EXPECT_EQ(visited_share(step(1 << 9, 0), 3), 1.0);
  EXPECT_EQ(visited_share(step(1 << 9, 1 << 4), 3), 0.5);
  EXPECT_EQ(visited_share(step(1 << 9, 1 << 4 | 1 << 20), 3), 0.25);
}

TEST(VisitedShare, AxesWithinALineSaveNothing) {
  EXPECT_EQ(visited_share(step(1 << 9, 1 << 2), 3), 1.0);
  EXPECT_EQ(visited_share(step(1 << 9, 1 << 2), 2), 0.5);
}

TEST(VisitedShare, OfASwapIsHalfUnlessItReachesIntoALine) {
  EXPECT_EQ(visited_share(step(1 << 9 | 1 << 8, 0, 0.5), 3), 0.5);
  EXPECT_EQ(visited_share(step(1 << 9 | 1 << 1, 0, 0.5), 3), 1.0);
}

TEST(MakePlan, PredictsTheBytesOfEveryStage) {
  const Program program{{step(1, 0), step(2, 1 << 15), step(4, 0)}};
  const Plan plan = make_plan(program, ElementType::c64, 20, {});
  ASSERT_EQ(plan.stages.size(), 3U);
  const double sweep = 2.0 * 8 * (1 << 20);
  EXPECT_EQ(plan.stages[0].predicted_bytes, sweep);
  EXPECT_EQ(plan.stages[1].predicted_bytes, sweep / 2);
  EXPECT_EQ(plan.predicted_bytes, 2.5 * sweep);
}

TEST(MakePlan, SmallWorkIsOnePiece) {
  const Program program{{step(1, 0)}};
  EXPECT_EQ(make_plan(program, ElementType::c128, 10, {.threads = 64}).stages[0].pieces, 1U);
  EXPECT_EQ(make_plan(program, ElementType::c64, 0, {.threads = 64}).stages[0].pieces, 1U);
}

TEST(MakePlan, LargeWorkGivesEveryThreadSeveralPieces) {
  const Program program{{step(1, 0)}};
  for (const int threads : {2, 3, 16, 128}) {
    const auto pieces = make_plan(program, ElementType::c64, 26, {.threads = threads}).stages[0].pieces;
    EXPECT_GE(pieces, static_cast<std::uint64_t>(4 * threads));
    EXPECT_EQ(pieces & (pieces - 1), 0U) << "a power of two";
  }
}

TEST(MakePlan, PiecesStaySmallOnOneThreadSoThatACancelIsSeen) {
  const Program program{{step(1, 0)}};
  EXPECT_GE(make_plan(program, ElementType::c64, 28, {.threads = 1}).stages[0].pieces, 512U);
}

TEST(MakePlan, IsPure) {
  const Program program{{step(1, 0), step(2, 8)}};
  const Plan a = make_plan(program, ElementType::c64, 22, {.threads = 8});
  const Plan b = make_plan(program, ElementType::c64, 22, {.threads = 8});
  ASSERT_EQ(a.stages.size(), b.stages.size());
  for (std::size_t i = 0; i < a.stages.size(); ++i) {
    EXPECT_EQ(a.stages[i].pieces, b.stages[i].pieces);
    EXPECT_EQ(a.stages[i].predicted_bytes, b.stages[i].predicted_bytes);
  }
}

PlanLimits limits_of(int threads) {
  return choose_limits(invented_machine(8), invented_figures(), threads);
}

TEST(MakePlan, HasEveryStepInAStageOfTilesThatHoldsIt) {
  const auto operations = random_operations(22, 300, 3, 5);
  const Plan plan = make_plan(program_of(operations), ElementType::c64, 22, limits_of(8), in_tiles());
  std::vector<int> seen(operations.size());
  for (const Stage& stage : plan.stages) {
    EXPECT_EQ(std::popcount(stage.tile_axes | stage.outer_axes), 22);
    EXPECT_EQ(stage.tile_axes & stage.outer_axes, 0U);
    EXPECT_LE(stage.pieces, std::uint64_t{1} << std::popcount(stage.outer_axes));
    for (const std::uint32_t step : stage.steps) {
      EXPECT_EQ(operations[step].mixes & ~stage.tile_axes, 0U);
      ++seen[step];
    }
  }
  EXPECT_EQ(std::ranges::count(seen, 1), static_cast<std::ptrdiff_t>(operations.size()));
}

// So that amplitudes are the same to the last bit.
TEST(MakePlan, CutsTheSameForAnyNumberOfThreads) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto operations = quantum_volume_operations(24, seed);
    const Plan all = make_plan(program_of(operations), ElementType::c64, 24, limits_of(8), in_tiles());
    for (const int threads : {1, 2, 5}) {
      const Plan plan = make_plan(program_of(operations), ElementType::c64, 24, limits_of(threads), in_tiles());
      ASSERT_EQ(plan.stages.size(), all.stages.size()) << threads << " threads";
      for (std::size_t i = 0; i < plan.stages.size(); ++i) {
        EXPECT_EQ(plan.stages[i].tile_axes, all.stages[i].tile_axes);
        EXPECT_EQ(plan.stages[i].outer_axes, all.stages[i].outer_axes);
        EXPECT_EQ(plan.stages[i].steps, all.stages[i].steps);
      }
    }
  }
}

TEST(MakePlan, PredictsWhatItsStagesAddUpTo) {
  const Plan plan = make_plan(program_of(qft_operations(24)), ElementType::c128, 24, limits_of(4), in_tiles());
  Plan sum;
  for (const Stage& stage : plan.stages) {
    EXPECT_GT(stage.predicted_seconds, 0);
    sum.predicted_bytes += stage.predicted_bytes;
    sum.predicted_flops += stage.predicted_flops;
    sum.predicted_seconds += stage.predicted_seconds;
  }
  EXPECT_EQ(plan.predicted_bytes, sum.predicted_bytes);
  EXPECT_EQ(plan.predicted_flops, sum.predicted_flops);
  EXPECT_EQ(plan.predicted_seconds, sum.predicted_seconds);
}

TEST(MakePlan, StepsThatDoNotRunInTilesKeepTheirPlace) {
  Program program = program_of({mixing(axis(20)), mixing(axis(3)), mixing(axis(20))});
  program.steps[1].kernel = "whole";
  const Plan plan = make_plan(program, ElementType::c64, 22, limits_of(8), in_tiles());
  ASSERT_EQ(plan.stages.size(), 3U);
  EXPECT_NE(plan.stages[0].tile_axes, 0U);
  EXPECT_EQ(plan.stages[1].tile_axes, 0U);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(plan.stages[i].steps, std::vector<std::uint32_t>{i});
  }
}

TEST(MakePlan, RemembersWhatWasTouchedBeforeAStepOverTheWholeField) {
  Program program = program_of({mixing(axis(20)), mixing(axis(19)), mixing(axis(3))});
  program.steps[1].kernel = "whole";
  const Plan plan = make_plan(program, ElementType::c64, 24, limits_of(8), in_tiles(0));
  ASSERT_EQ(plan.stages.size(), 3U);
  EXPECT_EQ((plan.stages[2].tile_axes | plan.stages[2].outer_axes) & (axis(20) | axis(19)), axis(20) | axis(19));
}

TEST(MakePlan, TilesAreLargeEnoughForEveryOperation) {
  PlanLimits limits = limits_of(1);
  limits.tile_bytes = 64;
  const Plan plan = make_plan(program_of({mixing(0x3F << 10), mixing(1)}), ElementType::c128, 18, limits, in_tiles());
  EXPECT_EQ(plan.stages[0].tile_axes & (0x3F << 10), 0x3FU << 10);
}

TEST(MakePlan, InTilesIsPure) {
  const Program program = program_of(quantum_volume_operations(20, 3));
  const Plan a = make_plan(program, ElementType::c64, 20, limits_of(8), in_tiles());
  const Plan b = make_plan(program, ElementType::c64, 20, limits_of(8), in_tiles());
  ASSERT_EQ(a.stages.size(), b.stages.size());
  for (std::size_t i = 0; i < a.stages.size(); ++i) {
    EXPECT_EQ(a.stages[i].steps, b.stages[i].steps);
    EXPECT_EQ(a.stages[i].tile_axes, b.stages[i].tile_axes);
    EXPECT_EQ(a.stages[i].predicted_seconds, b.stages[i].predicted_seconds);
  }
}

}  // namespace
}  // namespace basalt
