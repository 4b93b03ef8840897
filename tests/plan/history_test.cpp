// Predictions are corrected by the median of many runs, and the correction does not follow every move of it.
#include "plan/history.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace basalt {
namespace {

History of_ratios(double ratio, std::size_t count) {
  History history;
  for (std::size_t i = 0; i < count; ++i) {
    history.add(ratio);
  }
  return history;
}

TEST(History, CorrectsNothingWithFewSamples) {
  EXPECT_EQ(of_ratios(3, 9).correction, 1);
  EXPECT_FALSE(of_ratios(3, 9).counts());
  EXPECT_EQ(of_ratios(3, 10).correction, 3);
  EXPECT_TRUE(of_ratios(3, 10).counts());
}

TEST(History, StaysWhereItIsInsideOfItsBand) {
  History history = of_ratios(1.09, 30);
  EXPECT_EQ(history.correction, 1);
  history = of_ratios(1 / 1.09, 30);
  EXPECT_EQ(history.correction, 1);
  history = of_ratios(1.2, 30);
  EXPECT_EQ(history.correction, 1.2);
  for (int i = 0; i < 60; ++i) {
    history.add(i % 2 == 0 ? 1.1 : 1.3);
  }
  EXPECT_EQ(history.correction, 1.2) << "the median never left 1.09 to 1.32";
}

TEST(History, IsNotMovedByRunsThatWereDisturbed) {
  History history = of_ratios(1.5, 20);
  for (int i = 0; i < 9; ++i) {
    history.add(40);
  }
  EXPECT_EQ(history.correction, 1.5);
}

TEST(History, ForgetsOldRunsAndFollowsTheMachine) {
  History history = of_ratios(1, 200);
  EXPECT_EQ(history.samples(), History::kMostSamples);
  for (std::size_t i = 0; i < History::kMostSamples; ++i) {
    history.add(2);
  }
  EXPECT_EQ(history.correction, 2);
  EXPECT_EQ(history.samples(), History::kMostSamples);
}

TEST(History, PassesOverWhatIsNoRatio) {
  History history;
  for (const double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    history.add(bad);
  }
  EXPECT_EQ(history.samples(), 0U);
}

TEST(History, NamesKindsOfRuns) {
  EXPECT_EQ(history_kind("c64", "quantum/dense", 24, 2), "c64 quantum/dense 2^24, 2 threads");
  EXPECT_EQ(history_kind("c128", "quantum/phase", 20, 1), "c128 quantum/phase 2^20, 1 thread");
  EXPECT_EQ(history_kind("c64", "quantum/dense", 28, 0), "c64 quantum/dense 2^28");
}

}  // namespace
}  // namespace basalt
