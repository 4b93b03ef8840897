// Models, grids, sides and steps: what is offered, and what is refused with a way out.
#include "workloads/patterns/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "basalt/error.h"
#include "workloads/patterns/grid.h"
#include "workloads/patterns/initial.h"
#include "workloads/patterns/sides.h"
#include "workloads/patterns/stability.h"

namespace basalt::patterns {
namespace {

using testing::HasSubstr;

/// The text of the Error that `act` throws.
template <typename Act>
std::string error_of(const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Models, HaveEquationsForTheirNumbers) {
  const std::vector<PatternModel>& models = pattern_models();
  for (std::size_t number = 0; number < models.size(); ++number) {
    with_equations(number, [&](auto equations) {
      EXPECT_EQ(equations.kSpecies, models[number].species.size()) << models[number].name;
      EXPECT_EQ(equations.kParameters, models[number].parameters.size()) << models[number].name;
      EXPECT_EQ(equations.kAuxiliary > 0, models[number].fourth_order) << models[number].name;
    });
    EXPECT_FALSE(models[number].source.empty());
  }
}

TEST(Models, RestInTheirUsualState) {
  for (const PatternModel& description : pattern_models()) {
    const Model model = make_model(description.name, {});
    const UsualStates states = usual_states(model);
    ASSERT_EQ(states.homogeneous.size(), model.species());
    const double still[2] = {0, 0};
    double rate[2] = {1, 1};
    rates_at(model, states.homogeneous.data(), still, rate);
    // a wave of the Schrödinger equation turns its phase and keeps its modulus
    if (description.name == "nonlinear-schrodinger") {
      EXPECT_NEAR(rate[0] * states.homogeneous[0] + rate[1] * states.homogeneous[1], 0, 1e-12);
      continue;
    }
    for (std::size_t species = 0; species < model.species(); ++species) {
      EXPECT_NEAR(rate[species], 0, 1e-12) << description.name;
    }
  }
}

TEST(Models, AreRefusedWithTheNearestName) {
  EXPECT_THAT(error_of([] { make_model("grey-scott", {}); }), HasSubstr("did you mean gray-scott?"));
  EXPECT_THAT(error_of([] { make_model("zzzzzz", {}); }), HasSubstr("basalt pattern models lists them"));
  EXPECT_THAT(error_of([] { make_model("gray-scott", {{"f", 1}}); }), HasSubstr("its parameters are F, k, Du, Dv"));
  EXPECT_THAT(error_of([] { make_model("gray-scott", {{"Du", -1}}); }), HasSubstr("Du = -1"));
  EXPECT_THAT(error_of([] { make_model("gray-scott", {{"F", std::nan("")}}); }), HasSubstr("F = nan"));
}

TEST(Grids, AreRefusedWhereTheyCannotBe) {
  EXPECT_THAT(error_of([] { make_grid({}, 1); }), HasSubstr("1 to 3 axes, not 0"));
  EXPECT_THAT(error_of([] { make_grid({4, 4, 4, 4}, 1); }), HasSubstr("1 to 3 axes, not 4"));
  EXPECT_THAT(error_of([] { make_grid({8, 2}, 1); }), HasSubstr("2 cells along y are too few"));
  EXPECT_THAT(error_of([] { make_grid({1 << 20, 1 << 20, 1 << 20}, 1); }), HasSubstr("more than 2^40"));
  EXPECT_THAT(error_of([] { make_grid({8}, 0); }), HasSubstr("0 is no spacing"));
  EXPECT_THAT(error_of([] { make_grid({8}, std::numeric_limits<double>::infinity()); }),
              HasSubstr("inf is no spacing"));
}

TEST(Layouts, HaveRoomForGhostsAndWholeVectors) {
  for (const std::vector<std::uint64_t>& size :
       std::vector<std::vector<std::uint64_t>>{{3}, {15}, {16}, {17, 3}, {64, 4, 5}}) {
    const Grid grid = make_grid(size, 1);
    for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
      const Layout layout = make_layout(grid, precision);
      const std::uint64_t line = 64 / scalar_bytes(precision);
      EXPECT_EQ(layout.row % line, 0);
      EXPECT_EQ(layout.first % line, 0);
      EXPECT_GE(layout.row, (grid.size[0] + line - 1) / line * line + 2 * line) << "no vector reaches the next row";
      const std::uint64_t last = layout.offset(grid.size[1] - 1, grid.size[2] - 1);
      EXPECT_LE(last + (grid.size[0] + line - 1) / line * line + 1, layout.total);
    }
  }
}

TEST(Sides, AreRefusedWhereTheyCannotBe) {
  const Model model = make_model("gray-scott", {});
  const Grid grid = make_grid({8, 8}, 1);
  PatternRequest request;
  request.sides[1][0] = {.kind = SideKind::dirichlet, .value = 1, .alpha = 0, .beta = 0};
  EXPECT_THAT(error_of([&] { make_ghosts(request, model, grid); }), HasSubstr("the last side along y is periodic"));
  request.sides[1][1] = {.kind = SideKind::robin, .value = 1, .alpha = 2, .beta = -1};
  EXPECT_THAT(error_of([&] { make_ghosts(request, model, grid); }), HasSubstr("cancel"));
  request.sides[1][1] = {.kind = SideKind::neumann, .value = std::nan(""), .alpha = 0, .beta = 0};
  EXPECT_THAT(error_of([&] { make_ghosts(request, model, grid); }), HasSubstr("not finite"));
}

TEST(Sides, OfFourthOrderArePeriodicOrClosed) {
  const Model model = make_model("swift-hohenberg", {});
  const Grid grid = make_grid({8, 8}, 1);
  PatternRequest request;
  const Side closed{.kind = SideKind::neumann, .value = 0, .alpha = 0, .beta = 0};
  request.sides[0] = {closed, closed};
  EXPECT_NO_THROW(make_ghosts(request, model, grid));
  request.sides[0][1].value = 1;
  EXPECT_THAT(error_of([&] { make_ghosts(request, model, grid); }), HasSubstr("is of fourth order"));
}

TEST(Steps, AreStableUpToTheKnownLimits) {
  const Model heat = make_model("gray-scott", {{"Du", 2}, {"Dv", 1}});
  for (int axes = 1; axes <= 3; ++axes) {
    const Grid grid = make_grid(std::vector<std::uint64_t>(static_cast<std::size_t>(axes), 8), 0.5);
    EXPECT_NEAR(largest_stable_step(heat, grid, Stencil::axes, Integrator::euler), 0.25 / (2 * axes * 2), 1e-9);
    // Runge-Kutta of order 4 is stable down to −2.7853 on the real axis
    EXPECT_NEAR(largest_stable_step(heat, grid, Stencil::axes, Integrator::rk4), 2.785293563 * 0.25 / (4 * axes * 2),
                1e-9);
  }
  const Model wave = make_model("nonlinear-schrodinger", {});
  const Grid line = make_grid({64}, 1);
  EXPECT_EQ(largest_stable_step(wave, line, Stencil::axes, Integrator::euler), 0);
  // and up to 2 √2 on the imaginary one
  EXPECT_NEAR(largest_stable_step(wave, line, Stencil::axes, Integrator::rk4), 2 * std::sqrt(2.0) / 2, 1e-6);
}

TEST(Steps, AreRefusedWithTheLargestStableOne) {
  const Model model = make_model("gray-scott", {{"Du", 1}});
  const Grid grid = make_grid({8, 8}, 1);
  const auto choose = [&](double step) { choose_step(model, grid, Stencil::axes, Integrator::euler, step); };
  EXPECT_THAT(error_of([&] { choose(0.3); }), HasSubstr("the largest stable step is 0.25"));
  EXPECT_THAT(error_of([&] { choose(0); }), HasSubstr("0 is no step of time"));
  EXPECT_THAT(error_of([&] { choose(std::nan("")); }), HasSubstr("no step of time"));
  const Model wave = make_model("nonlinear-schrodinger", {});
  EXPECT_THAT(error_of([&] { choose_step(wave, grid, Stencil::axes, Integrator::euler, std::nullopt); }),
              HasSubstr("give --integrator rk4"));
}

TEST(Initial, DrawsTheSameNoiseForTheSameSeed) {
  const Model model = make_model("schnakenberg", {});
  const Grid grid = make_grid({16, 4}, 1);
  PatternRequest request;
  request.initial.noise = 0.5;
  const auto row_of = [&](std::uint64_t seed, std::size_t species, std::uint64_t y) {
    std::vector<double> row(16);
    InitialValues(request, model, grid, seed).fill_row(species, y, 0, row);
    return row;
  };
  EXPECT_EQ(row_of(1, 0, 2), row_of(1, 0, 2));
  EXPECT_NE(row_of(1, 0, 2), row_of(2, 0, 2));
  EXPECT_NE(row_of(1, 0, 2), row_of(1, 0, 3));
  for (const double value : row_of(1, 1, 0)) {
    EXPECT_NEAR(value, 0.9, 0.5);
  }
}

TEST(Initial, IsRefusedWhereItCannotBe) {
  const Model model = make_model("schnakenberg", {});
  const Grid grid = make_grid({16, 4}, 1);
  PatternRequest request;
  request.initial.values = {1};
  EXPECT_THAT(error_of([&] { InitialValues(request, model, grid, 0); }), HasSubstr("schnakenberg has 2 species"));
  request.initial.values = {1, std::nan("")};
  EXPECT_THAT(error_of([&] { InitialValues(request, model, grid, 0); }), HasSubstr("nan is no initial value"));
  request.initial.values = {};
  request.initial.noise = -1.0;
  EXPECT_THAT(error_of([&] { InitialValues(request, model, grid, 0); }), HasSubstr("-1 is no size of noise"));
}

}  // namespace
}  // namespace basalt::patterns
