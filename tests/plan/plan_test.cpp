#include "plan/plan.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace basalt
