// Solvers against the reference, and against what is known of their equations.
#include "workloads/patterns/solve/solver.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

#include "patterns/solve/solver_bench.h"
#include "reference/pattern.h"

namespace basalt::patterns {
namespace {

struct Case {
  std::string model;
  std::vector<std::uint64_t> size;
  Stencil stencil = Stencil::axes;
  Integrator integrator = Integrator::euler;
  Precision precision = Precision::double_precision;
  std::array<std::array<Side, 2>, 3> sides{};
  int threads = 1;
  SolverLimits limits{};
};

/// Many threads' worth of the smallest pieces.
constexpr SolverLimits kSmallPieces{.piece_bytes = 1, .serial_bytes = 0, .block_bytes = 1};

PatternRequest request_of(const Case& each) {
  PatternRequest request;
  request.model = each.model;
  request.size = each.size;
  request.stencil = each.stencil;
  request.integrator = each.integrator;
  request.precision = each.precision;
  request.sides = each.sides;
  request.initial.noise = 0.05;
  request.initial.kind = InitialKind::uniform;
  return request;
}

/// Of the first species over all cells.
double sum_of(const Bench& bench) {
  const std::vector<double> values = bench.values().front();
  return std::accumulate(values.begin(), values.end(), 0.0);
}

reference::PatternState reference_state(const PatternRequest& request, const Bench& bench) {
  reference::PatternState state;
  state.axes = bench.grid().axes;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    state.size[axis] = static_cast<long>(bench.grid().size[axis]);
  }
  state.spacing = bench.grid().spacing;
  state.sides = request.sides;
  state.isotropic = request.stencil == Stencil::isotropic;
  state.species = bench.values();
  return state;
}

void expect_like_reference(const Case& each) {
  SCOPED_TRACE(each.model + " " + std::to_string(each.size.size()) + "D, " + std::to_string(each.size[0]) + " wide, " +
               std::string(name_of(each.integrator)) + ", " + std::string(name_of(each.stencil)) + ", side " +
               std::string(name_of(each.sides[0][0].kind)));
  const PatternRequest request = request_of(each);
  Bench bench(request, each.threads, each.limits);
  reference::PatternState state = reference_state(request, bench);
  constexpr int kSteps = 3;
  bench.run(kSteps);
  for (int i = 0; i < kSteps; ++i) {
    if (each.integrator == Integrator::euler) {
      reference::euler_step(each.model, bench.model().parameters, bench.step(), state);
    } else {
      reference::runge_kutta_step(each.model, bench.model().parameters, bench.step(), state);
    }
  }
  const double tolerance = each.precision == Precision::double_precision ? 1e-12 : 2e-5;
  const std::vector<std::vector<double>> values = bench.values();
  for (std::size_t species = 0; species < values.size(); ++species) {
    for (std::size_t i = 0; i < values[species].size(); ++i) {
      const double expected = state.species[species][i];
      ASSERT_NEAR(values[species][i], expected, tolerance * (1 + std::abs(expected)))
          << "species " << species << ", cell " << i;
    }
  }
}

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const PatternModel& model : pattern_models()) {
    names.push_back(model.name);
  }
  return names;
}

class EveryModel : public testing::TestWithParam<std::string> {
 protected:
  /// Euler's method has no stable step for waves.
  [[nodiscard]] static std::vector<Integrator> integrators() {
    if (GetParam() == "nonlinear-schrodinger") {
      return {Integrator::rk4};
    }
    return {Integrator::euler, Integrator::rk4};
  }
};

TEST_P(EveryModel, StepsLikeTheReferenceInEveryShape) {
  for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{
           {3}, {16}, {17}, {130}, {3, 3}, {15, 4}, {16, 7}, {33, 5}, {3, 3, 3}, {17, 4, 5}, {32, 3, 4}}) {
    for (const Integrator integrator : integrators()) {
      for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
        expect_like_reference({.model = GetParam(), .size = size, .integrator = integrator, .precision = precision});
      }
    }
  }
}

TEST_P(EveryModel, StepsLikeTheReferenceInPieces) {
  for (const std::vector<std::uint64_t>& size :
       std::vector<std::vector<std::uint64_t>>{{70, 3}, {16, 41}, {5, 35, 67}, {16, 16, 33}, {3, 40, 3}}) {
    for (const Integrator integrator : integrators()) {
      expect_like_reference(
          {.model = GetParam(), .size = size, .integrator = integrator, .threads = 3, .limits = kSmallPieces});
    }
  }
}

TEST_P(EveryModel, StepsLikeTheReferenceWithNineNeighbours) {
  for (const Integrator integrator : integrators()) {
    for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{{19, 6}, {32, 5}}) {
      expect_like_reference({.model = GetParam(),
                             .size = size,
                             .stencil = Stencil::isotropic,
                             .integrator = integrator,
                             .threads = 2,
                             .limits = kSmallPieces});
    }
  }
}

TEST_P(EveryModel, KeepsFluxInAtClosedSides) {
  const Side closed{.kind = SideKind::neumann, .value = 0, .alpha = 0, .beta = 0};
  for (const Stencil stencil : {Stencil::axes, Stencil::isotropic}) {
    expect_like_reference({.model = GetParam(),
                           .size = {18, 5},
                           .stencil = stencil,
                           .integrator = Integrator::rk4,
                           .sides = {{{closed, closed}, {closed, closed}, {}}}});
  }
}

TEST_P(EveryModel, TakesItsSidesInEveryKind) {
  if (make_model(GetParam(), {}).description().fourth_order) {
    GTEST_SKIP() << "refused: see SidesOfFourthOrder";
  }
  const Side value{.kind = SideKind::dirichlet, .value = 0.7, .alpha = 0, .beta = 0};
  const Side flux{.kind = SideKind::neumann, .value = -0.3, .alpha = 0, .beta = 0};
  const Side mixed{.kind = SideKind::robin, .value = 0.4, .alpha = 2, .beta = 0.5};
  for (const auto& [first, last] : {std::pair{value, flux}, {mixed, value}, {flux, mixed}}) {
    for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{{21}, {18, 5}, {16, 4, 3}}) {
      for (const Stencil stencil : {Stencil::axes, Stencil::isotropic}) {
        for (const Integrator integrator : integrators()) {
          expect_like_reference({.model = GetParam(),
                                 .size = size,
                                 .stencil = stencil,
                                 .integrator = integrator,
                                 .sides = {{{first, last}, {last, first}, {first, first}}},
                                 .threads = 2,
                                 .limits = kSmallPieces});
        }
      }
    }
  }
}

TEST_P(EveryModel, GivesTheSameBitsOnAnyNumberOfThreads) {
  for (const Integrator integrator : integrators()) {
    for (const std::vector<std::uint64_t>& size :
         std::vector<std::vector<std::uint64_t>>{{5000}, {70, 41}, {9, 37, 70}}) {
      PatternRequest request = request_of({.model = GetParam(), .size = size, .integrator = integrator});
      request.precision = Precision::single_precision;
      Bench alone(request);
      Bench shared(request, 4, kSmallPieces);
      alone.run(4);
      shared.run(4);
      EXPECT_EQ(alone.values(), shared.values());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, EveryModel, testing::ValuesIn(model_names()), [](const auto& each) {
  std::string name = each.param;
  std::erase(name, '-');
  return name;
});

/// u_t = D ∇²u, by a Gray-Scott without reaction: v = 0 and nothing is fed.
PatternRequest heat(std::vector<std::uint64_t> size, double diffusion, double spacing, double step) {
  PatternRequest request;
  request.model = "gray-scott";
  request.parameters = {{"F", 0}, {"k", 0}, {"Du", diffusion}};
  request.size = std::move(size);
  request.spacing = spacing;
  request.step = step;
  request.precision = Precision::double_precision;
  request.initial = {.kind = InitialKind::uniform, .values = {0, 0}, .noise = 0.0, .spots = 0, .file = {}};
  return request;
}

TEST(Heat, EveryModeDecaysByItsDiscreteFactor) {
  constexpr std::uint64_t kCells = 24;
  constexpr double kSpacing = 0.5;
  constexpr double kDiffusion = 0.8;
  constexpr double kStep = 0.07;
  const PatternRequest request = heat({kCells}, kDiffusion, kSpacing, kStep);
  for (std::uint64_t mode = 1; mode <= kCells / 2; ++mode) {
    Bench bench(request);
    const double k = 2 * std::numbers::pi * static_cast<double>(mode) / (kCells * kSpacing);
    std::vector<double> row(kCells);
    for (std::uint64_t x = 0; x < kCells; ++x) {
      row[x] = std::cos(k * kSpacing * static_cast<double>(x));
    }
    bench.solver().write_row(0, 0, 0, row);
    bench.run(1);
    const double sine = std::sin(k * kSpacing / 2);
    const double factor = 1 - 4 * kDiffusion * kStep / (kSpacing * kSpacing) * sine * sine;
    for (std::uint64_t x = 0; x < kCells; ++x) {
      EXPECT_NEAR(bench.at(0, x), factor * row[x], 1e-14) << "mode " << mode << ", cell " << x;
    }
  }
}

TEST(Heat, ClosedSidesKeepWhatThereIs) {
  PatternRequest request = heat({20, 11}, 1, 1, 0.2);
  const Side closed{.kind = SideKind::neumann, .value = 0, .alpha = 0, .beta = 0};
  request.sides = {{{closed, closed}, {closed, closed}, {}}};
  request.initial.noise = 1.0;
  Bench bench(request);
  for (std::uint64_t y = 0; y < 11; ++y) {
    bench.solver().write_row(1, y, 0, std::vector<double>(20, 0.0));
  }
  const double before = sum_of(bench);
  bench.run(50);
  EXPECT_NEAR(sum_of(bench), before, 1e-12);
}

TEST(Heat, NeverDecaysToDenormals) {
  PatternRequest request = heat({64}, 1, 1, 0.25);
  request.parameters["F"] = 0.5;
  request.precision = Precision::single_precision;
  Bench bench(request);
  bench.solver().write_row(1, 0, 0, std::vector<double>(64, 1e-30));
  bench.run(200);
  for (std::uint64_t x = 0; x < 64; ++x) {
    const auto value = static_cast<float>(bench.at(1, x));
    ASSERT_TRUE(value == 0 || std::isnormal(value)) << value;
  }
}

TEST(CahnHilliard, KeepsItsMass) {
  PatternRequest request = request_of({.model = "cahn-hilliard", .size = {24, 18}});
  Bench bench(request);
  const double before = sum_of(bench);
  bench.run(200);
  EXPECT_NEAR(sum_of(bench), before, 1e-10);
}

/// A plane wave of the discrete Schrödinger equation: exp(i(kx − ωt)) with ω = 2 sin²(kh/2)/h² + g.
double plane_wave_error(double step, int steps) {
  constexpr std::uint64_t kCells = 32;
  PatternRequest request =
      request_of({.model = "nonlinear-schrodinger", .size = {kCells}, .integrator = Integrator::rk4});
  request.spacing = 1.0;
  request.step = step;
  Bench bench(request);
  const double k = 2 * std::numbers::pi * 3 / kCells;
  const double g = bench.model().parameters[0];
  const double omega = 2 * std::pow(std::sin(k / 2), 2) + g;
  std::vector<double> re(kCells);
  std::vector<double> im(kCells);
  for (std::uint64_t x = 0; x < kCells; ++x) {
    re[x] = std::cos(k * static_cast<double>(x));
    im[x] = std::sin(k * static_cast<double>(x));
  }
  bench.solver().write_row(0, 0, 0, re);
  bench.solver().write_row(1, 0, 0, im);
  bench.run(steps);
  double error = 0;
  for (std::uint64_t x = 0; x < kCells; ++x) {
    const std::complex<double> expected = std::polar(1.0, k * static_cast<double>(x) - omega * step * steps);
    error = std::max(error, std::abs(std::complex(bench.at(0, x), bench.at(1, x)) - expected));
  }
  return error;
}

TEST(RungeKutta, IsOfFourthOrder) {
  const double coarse = plane_wave_error(0.2, 10);
  const double fine = plane_wave_error(0.1, 20);
  EXPECT_GT(coarse, 1e-9);
  EXPECT_NEAR(std::log2(coarse / fine), 4, 0.1);
}

TEST(SolverBytes, AreWhatASolverTakes) {
  for (const Integrator integrator : {Integrator::euler, Integrator::rk4}) {
    for (const std::string& name : {std::string("gray-scott"), std::string("swift-hohenberg")}) {
      PatternRequest request = request_of({.model = name, .size = {300, 200}, .integrator = integrator});
      request.step = 1e-3;
      HostMemory system;
      LimitAdaptor memory(system, std::uint64_t{1} << 40);
      const Model model = make_model(name, {});
      const Grid grid = make_grid(request.size, model.description().spacing);
      const Domain domain{.grid = grid,
                          .layout = make_layout(grid, request.precision),
                          .precision = request.precision,
                          .ghosts = make_ghosts(request, model, grid)};
      const SolverLimits limits{.serial_bytes = 0, .steps_per_visit = 4};
      const Arena arena(1);
      Solver solver(model, domain, {.integrator = integrator, .step = 1e-3}, limits, memory, arena);
      solver.advance(4, CancelToken());
      const std::uint64_t promised = solver_bytes(model, domain, integrator, limits, 1);
      EXPECT_LE(memory.peak_bytes(), promised);
      EXPECT_GT(memory.peak_bytes(), promised - promised / 50);
    }
  }
}

}  // namespace
}  // namespace basalt::patterns
