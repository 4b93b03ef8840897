#include "workloads/patterns/analysis/steady.h"

#include <gtest/gtest.h>

#include <cmath>

#include "basalt/error.h"

namespace basalt::patterns {
namespace {

std::vector<RestingState> states_of(const std::string& name, const std::map<std::string, double>& parameters) {
  return resting_states(make_model(name, parameters), std::nullopt);
}

void expect_state(const RestingState& state, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(state.values[i], values[i], 1e-10);
  }
}

TEST(RestingStates, OfEveryModelHaveNoRate) {
  for (const PatternModel& description : pattern_models()) {
    const std::vector<RestingState> states = states_of(description.name, {});
    ASSERT_FALSE(states.empty()) << description.name;
    for (const RestingState& state : states) {
      EXPECT_LE(state.residual, 1e-12) << description.name;
    }
  }
}

/// u = (1 ± √(1 − 4 (F + k)²/F))/2, v = (F + k)/u, besides (1, 0).
TEST(RestingStates, OfGrayScott) {
  const double root = std::sqrt(1 - 4 * 0.08 * 0.08 / 0.03);
  const std::vector<RestingState> states = states_of("gray-scott", {{"F", 0.03}, {"k", 0.05}});
  ASSERT_EQ(states.size(), 3U);
  expect_state(states[0], {(1 - root) / 2, 0.03 * (1 + root) / 2 / 0.08});
  expect_state(states[1], {(1 + root) / 2, 0.03 * (1 - root) / 2 / 0.08});
  expect_state(states[2], {1, 0});
  EXPECT_EQ(states[2].values[1], 0);
  EXPECT_EQ(states_of("gray-scott", {{"F", 0.062}, {"k", 0.065}}).size(), 1U);
}

/// F = 0.04, k = 0.06 is where two states meet: one is found, to the root of rounding.
TEST(RestingStates, AreFoundWhereTwoMeet) {
  const std::vector<RestingState> states = states_of("gray-scott", {{"F", 0.04}, {"k", 0.06}});
  ASSERT_EQ(states.size(), 2U);
  EXPECT_NEAR(states[0].values[0], 0.5, 1e-6);
  EXPECT_NEAR(states[0].values[1], 0.2, 1e-6);
}

TEST(RestingStates, OfTheOthers) {
  expect_state(states_of("schnakenberg", {})[0], {1, 0.9});
  expect_state(states_of("brusselator", {})[0], {4.5, 7.5 / 4.5});
  expect_state(states_of("gierer-meinhardt", {})[0], {1.6, 1.6 * 1.6 / 1.5});
  const std::vector<RestingState> recovery = states_of("fitzhugh-nagumo", {});
  ASSERT_EQ(recovery.size(), 3U);
  expect_state(recovery[0], {-std::sqrt(1 - 1 / 1.4), -std::sqrt(1 - 1 / 1.4) / 1.4});
  expect_state(recovery[1], {0, 0});
  const std::vector<RestingState> swift = states_of("swift-hohenberg", {{"r", 1.25}, {"g", 0}});
  ASSERT_EQ(swift.size(), 3U);
  expect_state(swift[0], {-0.5});
  expect_state(swift[1], {0});
}

/// u = 0, v = 0 is a limit of the equations along some ways, and no state: u²/v has no value there.
TEST(RestingStates, AreNoSingularPoints) {
  const std::vector<RestingState> states = states_of("gierer-meinhardt", {{"sigma", 0}});
  ASSERT_EQ(states.size(), 1U);
  expect_state(states[0], {1.5, 1.5});
}

TEST(RestingStates, OfComplexFieldsMayRotate) {
  const std::vector<RestingState> states = states_of("ginzburg-landau", {{"b", 1}, {"c", -1.2}});
  ASSERT_EQ(states.size(), 2U);
  expect_state(states[0], {0, 0});
  EXPECT_EQ(states[0].rotation, 0);
  expect_state(states[1], {1, 0});
  EXPECT_NEAR(states[1].rotation, -1.2, 1e-12);
}

TEST(RestingStates, MayBeChosenWhereEveryOneIs) {
  const Model conserved = make_model("cahn-hilliard", {});
  EXPECT_TRUE(resting_states(conserved, 0.4)[0].any);
  EXPECT_EQ(resting_states(conserved, 0.4)[0].values[0], 0.4);
  EXPECT_EQ(resting_states(conserved, std::nullopt)[0].values[0], 0);
  EXPECT_EQ(resting_states(make_model("nonlinear-schrodinger", {}), std::nullopt)[0].values[0], 1);
  EXPECT_THROW(resting_states(conserved, std::nan("")), Error);
  EXPECT_THROW(resting_states(make_model("schnakenberg", {}), 0.4), Error);
}

/// Without recovery the equations leave a curve of states, which Newton's method cannot single one out of.
TEST(RestingStates, DoNotHangWhereThereIsACurve) {
  EXPECT_NO_THROW(states_of("fitzhugh-nagumo", {{"epsilon", 0}}));
  EXPECT_NO_THROW(states_of("gray-scott", {{"F", 0}, {"k", 0}}));
  EXPECT_NO_THROW(states_of("brusselator", {{"a", 1e-300}, {"b", 1e300}}));
}

}  // namespace
}  // namespace basalt::patterns
