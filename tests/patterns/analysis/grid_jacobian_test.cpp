// Products with the Jacobian matrix against one that slow code writes down, by differences.
#include "workloads/patterns/analysis/grid_jacobian.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "basalt/error.h"
#include "patterns/analysis/invented_state.h"

namespace basalt::patterns {
namespace {

using Sides = std::array<std::array<Side, 2>, 3>;

const Side kNoFlux = {.kind = SideKind::neumann, .value = 0, .alpha = 0, .beta = 0};

void expect_products(const Model& model, const std::vector<std::uint64_t>& size, const Sides& sides, Stencil stencil) {
  constexpr double kSpacing = 0.7;
  const std::string& name = model.description().name;
  const reference::PatternState state = invented_state(model, size, kSpacing, sides, stencil);
  HostMemory memory;
  const GridJacobian jacobian(model, domain_of(model, size, kSpacing, sides), stencil, all_values(state), memory);
  const std::vector<std::vector<double>> matrix = reference::pattern_jacobian(name, model.parameters, state);
  const std::size_t unknowns = matrix.size();
  ASSERT_EQ(jacobian.unknowns(), unknowns);

  const CounterRandom random(4, 0);
  std::vector<double> from(unknowns);
  for (std::size_t i = 0; i < unknowns; ++i) {
    from[i] = 2 * random.uniform(i) - 1;
  }
  std::vector<double> to(unknowns, std::nan(""));
  jacobian.apply(from.data(), to.data());
  for (std::size_t row = 0; row < unknowns; ++row) {
    double expected = 0;
    double size_of_terms = 1;
    for (std::size_t column = 0; column < unknowns; ++column) {
      expected += matrix[row][column] * from[column];
      size_of_terms += std::abs(matrix[row][column]);
    }
    if (jacobian.rotation() != 0) {
      const std::size_t half = unknowns / 2;
      expected += row < half ? -jacobian.rotation() * from[row + half] : jacobian.rotation() * from[row - half];
    }
    ASSERT_NEAR(to[row], expected, 1e-9 * size_of_terms) << name << " row " << row << " axes " << size.size();
  }
}

TEST(GridJacobian, IsThatOfRunsForEveryModel) {
  for (const PatternModel& description : pattern_models()) {
    const Model model = make_model(description.name, {});
    const Sides along_x = {{{kNoFlux, kNoFlux}, {}, {}}};
    expect_products(model, {7}, {}, Stencil::axes);
    expect_products(model, {5, 4}, {}, Stencil::axes);
    expect_products(model, {5, 4}, along_x, Stencil::axes);
    expect_products(model, {5, 4}, {}, Stencil::isotropic);
    expect_products(model, {4, 3, 3}, along_x, Stencil::axes);
  }
}

TEST(GridJacobian, IsThatOfRunsForEverySide) {
  const Model model = make_model("schnakenberg", {});
  const Side fixed = {.kind = SideKind::dirichlet, .value = 0.8, .alpha = 0, .beta = 0};
  const Side sloped = {.kind = SideKind::neumann, .value = -0.4, .alpha = 0, .beta = 0};
  const Side mixed = {.kind = SideKind::robin, .value = 0.5, .alpha = 2, .beta = 1};
  for (const Stencil stencil : {Stencil::axes, Stencil::isotropic}) {
    expect_products(model, {5, 4}, {{{fixed, sloped}, {mixed, fixed}, {}}}, stencil);
    expect_products(model, {5, 4}, {{{}, {sloped, mixed}, {}}}, stencil);
  }
}

TEST(GridJacobian, KnowsHowFarTheStateIsFromResting) {
  const Model model = make_model("brusselator", {});
  const Sides sides = {{{kNoFlux, kNoFlux}, {}, {}}};
  const reference::PatternState state = invented_state(model, {5, 4}, 1, sides, Stencil::axes);
  HostMemory memory;
  const GridJacobian jacobian(model, domain_of(model, {5, 4}, 1, sides), Stencil::axes, all_values(state), memory);
  double largest = 0;
  for (const std::vector<double>& rates : reference::pattern_rates("brusselator", model.parameters, state)) {
    for (const double rate : rates) {
      largest = std::max(largest, std::abs(rate));
    }
  }
  EXPECT_NEAR(jacobian.residual(), largest, 1e-12 * largest);
  EXPECT_EQ(jacobian.rotation(), 0);
}

/// A = R exp(i k x − i ω t) with R² = 1 − q and ω = b q + c R², q being −∇² of the wave on the grid.
TEST(GridJacobian, TurnsWithAPlaneWave) {
  constexpr std::uint64_t kCells = 24;
  const Model model = make_model("ginzburg-landau", {{"b", 0.6}, {"c", -0.9}});
  const double angle = 2 * std::numbers::pi / kCells;
  const double q = 4 * std::pow(std::sin(angle / 2), 2);
  const double height = std::sqrt(1 - q);
  std::vector<double> wave(2 * kCells);
  for (std::uint64_t x = 0; x < kCells; ++x) {
    wave[x] = height * std::cos(angle * static_cast<double>(x));
    wave[kCells + x] = height * std::sin(angle * static_cast<double>(x));
  }
  HostMemory memory;
  const GridJacobian turning(model, domain_of(model, {kCells}, 1, {}), Stencil::axes, wave, memory);
  EXPECT_NEAR(turning.rotation(), 0.6 * q - 0.9 * height * height, 1e-13);
  EXPECT_LE(turning.residual(), 1e-13);
  // a phase that a side holds cannot turn
  const Side held = {.kind = SideKind::dirichlet, .value = 1, .alpha = 0, .beta = 0};
  const GridJacobian still(model, domain_of(model, {kCells}, 1, {{{held, held}, {}, {}}}), Stencil::axes, wave, memory);
  EXPECT_EQ(still.rotation(), 0);
}

TEST(GridJacobian, RefusesAStateWithoutValue) {
  const Model model = make_model("gierer-meinhardt", {});
  HostMemory memory;
  std::vector<double> state(10, 1.0);
  state[8] = 0;  // v, which u² is divided by
  try {
    const GridJacobian jacobian(model, domain_of(model, {5}, 1, {}), Stencil::axes, state, memory);
    ADD_FAILURE() << "not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_NE(error.message().find("in cell 3 of the state"), std::string::npos) << error.what();
  }
}

TEST(GridJacobian, PromisesItsMemory) {
  for (const char* const name : {"brusselator", "cahn-hilliard"}) {
    const Model model = make_model(name, {});
    const Domain domain = domain_of(model, {64, 48}, 1, {});
    const reference::PatternState state = invented_state(model, {64, 48}, 1, {}, Stencil::axes);
    HostMemory host;
    LimitAdaptor memory(host, GridJacobian::most_bytes(model, domain));
    EXPECT_NO_THROW(GridJacobian(model, domain, Stencil::axes, all_values(state), memory)) << name;
  }
}

}  // namespace
}  // namespace basalt::patterns
