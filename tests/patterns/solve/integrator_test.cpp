// Orders of convergence in time and space, for every model, kind of side and integrator; what each integrator promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "basalt/error.h"
#include "patterns/solve/solver_bench.h"
#include "reference/pattern.h"

namespace basalt::patterns {
namespace {

using std::numbers::pi;
using testing::HasSubstr;
using Values = std::vector<std::vector<double>>;
using Sides = std::array<std::array<Side, 2>, 3>;

/// Parameters with which a model rests where all species have the same value. Sides ask for that value: what begins
/// flat there fulfils them from the first moment on, and no layer forms beside them.
struct Resting {
  double value = 0;
  std::map<std::string, double> parameters;
};

Resting resting(const std::string& model) {
  if (model == "gray-scott") {
    return {.value = 0.5, .parameters = {{"F", 0.25}, {"k", 0}, {"Du", 2}, {"Dv", 1}}};
  }
  if (model == "schnakenberg") {
    return {.value = 0.8, .parameters = {{"a", 0.288}, {"b", 0.512}}};
  }
  if (model == "brusselator") {
    return {.value = 0.8, .parameters = {{"a", 0.8}, {"b", 0.64}}};
  }
  if (model == "gierer-meinhardt") {
    return {.value = 0.8, .parameters = {{"nu", 0.8}, {"sigma", 0}}};
  }
  return {};
}

/// What holds at both sides along x.
struct Boundary {
  std::string name;
  Side side;
};

std::vector<Boundary> boundaries(const std::string& model) {
  const double value = resting(model).value;
  return {{"periodic", {}},
          {"neumann", {.kind = SideKind::neumann, .value = 0, .alpha = 0, .beta = 0}},
          {"dirichlet", {.kind = SideKind::dirichlet, .value = value, .alpha = 0, .beta = 0}},
          {"robin", {.kind = SideKind::robin, .value = 2 * value, .alpha = 2, .beta = 0.5}}};
}

bool allows(const std::string& model, const Boundary& boundary) {
  return !make_model(model, {}).description().fourth_order || boundary.name == "periodic" || boundary.name == "neumann";
}

/// A line of 24 lengths.
PatternRequest line_of(const std::string& model, std::uint64_t cells, const Boundary& boundary) {
  PatternRequest request;
  request.model = model;
  request.size = {cells};
  request.spacing = 24.0 / static_cast<double>(cells);
  request.precision = Precision::double_precision;
  request.initial = {.kind = InitialKind::uniform, .values = {}, .noise = 0.0, .spots = 0, .file = {}};
  request.sides[0] = {boundary.side, boundary.side};
  request.parameters = resting(model).parameters;
  return request;
}

/// Flat at the sides, with a hump between that is different for each species.
std::vector<double> hump(const std::string& model, std::size_t species, std::uint64_t cells) {
  std::vector<double> row(cells);
  for (std::uint64_t x = 0; x < cells; ++x) {
    const double sine = std::sin(pi * (static_cast<double>(x) + 0.5) / static_cast<double>(cells));
    row[x] = resting(model).value + (species == 0 ? 0.3 : -0.2) * std::pow(sine, 4);
  }
  return row;
}

Values run(PatternRequest request, Integrator integrator, double time, int steps) {
  request.integrator = integrator;
  request.step = time / steps;
  Bench bench(request);
  for (std::size_t species = 0; species < bench.model().species(); ++species) {
    bench.solver().write_row(species, 0, 0, hump(request.model, species, request.size[0]));
  }
  bench.run(steps);
  return bench.values();
}

/// As exact in time as numbers are.
Values run_exactly(PatternRequest request, double time) {
  request.tolerance = 1e-13;
  return run(request, Integrator::rk45, time, 1);
}

/// Where cells of `coarse` stand, which `fine` has `ratio` times as many of.
double distance(const Values& coarse, const Values& fine, std::size_t ratio) {
  double most = 0;
  for (std::size_t species = 0; species < coarse.size(); ++species) {
    for (std::size_t x = 0; x < coarse[species].size(); ++x) {
      most = std::max(most, std::abs(coarse[species][x] - fine[species][ratio * x + ratio / 2]));
    }
  }
  return most;
}

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const PatternModel& model : pattern_models()) {
    names.push_back(model.name);
  }
  return names;
}

class Orders : public testing::TestWithParam<std::string> {};

TEST_P(Orders, InTimeAreThoseOfTheMethods) {
  for (const Boundary& boundary : boundaries(GetParam())) {
    if (!allows(GetParam(), boundary)) {
      continue;
    }
    const PatternRequest request = line_of(GetParam(), 24, boundary);
    const double stable = largest_stable_step(make_model(GetParam(), request.parameters), make_grid({24}, 1),
                                              Stencil::axes, Integrator::rk4);
    const double time = 10 * stable;
    const Values exact = run_exactly(request, time);
    const auto order_of = [&](Integrator integrator, int steps) {
      const double coarse = distance(run(request, integrator, time, steps), exact, 1);
      const double fine = distance(run(request, integrator, time, 2 * steps), exact, 1);
      return std::log2(coarse / fine);
    };
    SCOPED_TRACE(boundary.name);
    if (GetParam() != "nonlinear-schrodinger") {  // of waves, no step of Euler's method is stable
      EXPECT_NEAR(order_of(Integrator::euler, 400), 1, 0.05);
    }
    EXPECT_NEAR(order_of(Integrator::rk4, 40), 4, 0.4);
    if (boundary.name == "periodic") {
      EXPECT_NEAR(order_of(Integrator::etd, 40), 2, 0.2);
    }
  }
}

TEST_P(Orders, InSpaceAreTwo) {
  constexpr double kTime = 0.3;
  for (const Boundary& boundary : boundaries(GetParam())) {
    if (!allows(GetParam(), boundary)) {
      continue;
    }
    SCOPED_TRACE(boundary.name);
    const auto at = [&](std::uint64_t cells) { return run_exactly(line_of(GetParam(), cells, boundary), kTime); };
    const Values coarse = at(13);
    const Values fine = at(39);
    const Values finest = at(117);
    EXPECT_NEAR(std::log(distance(coarse, fine, 3) / distance(fine, finest, 3)) / std::log(3), 2, 0.35);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Orders, testing::ValuesIn(model_names()), [](const auto& each) {
  std::string name = each.param;
  std::erase(name, '-');
  return name;
});

/// Some state, by seeded noise.
PatternRequest noisy(const std::string& model, std::vector<std::uint64_t> size, Integrator integrator) {
  PatternRequest request;
  request.model = model;
  request.size = std::move(size);
  request.integrator = integrator;
  request.precision = Precision::double_precision;
  request.initial = {.kind = InitialKind::uniform, .values = {}, .noise = 0.05, .spots = 0, .file = {}};
  return request;
}

/// The request's state after a time, by slow, obvious code in short steps.
Values expected(const PatternRequest& request, const Bench& bench, double time, int steps) {
  reference::PatternState state;
  state.axes = bench.grid().axes;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    state.size[axis] = static_cast<long>(bench.grid().size[axis]);
  }
  state.spacing = bench.grid().spacing;
  state.sides = request.sides;
  state.isotropic = request.stencil == Stencil::isotropic;
  state.species = bench.values();
  for (int i = 0; i < steps; ++i) {
    reference::runge_kutta_step(request.model, bench.model().parameters, time / steps, state);
  }
  return state.species;
}

class EveryModelInShapes : public testing::TestWithParam<std::string> {};

TEST_P(EveryModelInShapes, StepsLikeTheReference) {
  const std::vector<std::vector<std::uint64_t>> shapes = {{3}, {17}, {7, 4}, {16, 5}, {5, 4, 3}};
  for (const Integrator integrator : {Integrator::rk45, Integrator::etd}) {
    for (const std::vector<std::uint64_t>& size : shapes) {
      for (const Stencil stencil : {Stencil::axes, Stencil::isotropic}) {
        SCOPED_TRACE(std::string(name_of(integrator)) + ", " + std::to_string(size.size()) + "D, " +
                     std::string(name_of(stencil)));
        PatternRequest request = noisy(GetParam(), size, integrator);
        request.stencil = stencil;
        const Model model = make_model(GetParam(), {});
        const Grid grid = make_grid(size, model.description().spacing);
        const double stable = largest_stable_step(model, grid, stencil, Integrator::rk4);
        if (integrator == Integrator::rk45) {
          request.tolerance = 1e-11;
          request.step = 2 * stable;
        } else {
          request.step = stable / 100;
        }
        Bench bench(request);
        const int steps = integrator == Integrator::rk45 ? 1 : 4;
        const Values wanted =
            expected(request, bench, steps * *request.step, integrator == Integrator::rk45 ? 250 : 40);
        bench.run(steps);
        const Values values = bench.values();
        const double tolerance = integrator == Integrator::rk45 ? 1e-8 : 1e-6;
        EXPECT_LT(distance(values, wanted, 1), tolerance);
      }
    }
  }
}

TEST_P(EveryModelInShapes, GivesTheSameBitsOnAnyNumberOfThreads) {
  for (const Integrator integrator : {Integrator::rk45, Integrator::etd}) {
    for (const Precision precision : {Precision::single_precision, Precision::double_precision}) {
      for (const std::vector<std::uint64_t>& size : std::vector<std::vector<std::uint64_t>>{{3000}, {70, 41}}) {
        PatternRequest request = noisy(GetParam(), size, integrator);
        request.precision = precision;
        Bench alone(request);
        Bench shared(request, 3, {.piece_bytes = 1024, .serial_bytes = 0});
        alone.run(2);
        shared.run(2);
        EXPECT_EQ(alone.values(), shared.values());
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, EveryModelInShapes, testing::ValuesIn(model_names()), [](const auto& each) {
  std::string name = each.param;
  std::erase(name, '-');
  return name;
});

TEST(DormandPrinceMethod, KeepsToItsToleranceAndSaysHow) {
  PatternRequest request = line_of("brusselator", 24, boundaries("brusselator")[1]);
  const Values exact = run_exactly(request, 2);
  std::uint64_t before = 0;
  for (const double tolerance : {1e-4, 1e-6, 1e-8}) {
    request.tolerance = tolerance;
    request.integrator = Integrator::rk45;
    request.step = 2;
    Bench bench(request);
    for (std::size_t species = 0; species < 2; ++species) {
      bench.solver().write_row(species, 0, 0, hump("brusselator", species, 24));
    }
    bench.run(1);
    const AdaptiveSteps& steps = *bench.solver().adaptive();
    EXPECT_EQ(steps.tolerance, tolerance);
    EXPECT_LT(distance(bench.values(), exact, 1), 20 * tolerance);
    EXPECT_GT(steps.accepted, before);
    EXPECT_LE(steps.shortest, steps.longest);
    EXPECT_LE(static_cast<double>(steps.accepted) * steps.shortest, 2 * (1 + 1e-12));
    EXPECT_GE(static_cast<double>(steps.accepted) * steps.longest, 2 * (1 - 1e-12));
    before = steps.accepted;
  }
}

TEST(DormandPrinceMethod, SaysWhereNoStepIsShortEnough) {
  PatternRequest request = noisy("brusselator", {40}, Integrator::rk45);
  request.initial.values = {1e200, 1e200};
  Bench bench(request);
  try {
    bench.run(1);
    FAIL() << "10^200 cubed is no number";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::failed);
    EXPECT_THAT(error.what(), HasSubstr("no step is short enough"));
  }
}

TEST(ExponentialMethod, IsExactForWhatIsLinear) {
  // heat: each mode decays by exp(−D q h), with steps far beyond what others could take
  PatternRequest request = noisy("gray-scott", {24, 10}, Integrator::etd);
  request.parameters = {{"F", 0}, {"k", 0}, {"Du", 0.8}};
  request.spacing = 0.5;
  request.step = 3;
  request.initial.values = {0, 0};
  request.initial.noise = 0;
  const double q = std::pow(2 / 0.5 * std::sin(pi * 3 / 24), 2) + std::pow(2 / 0.5 * std::sin(pi * 2 / 10), 2);
  Bench bench(request);
  const auto wave = [](std::uint64_t x, std::uint64_t y) {
    return std::cos(2 * pi * (3 * static_cast<double>(x) / 24 + 2 * static_cast<double>(y) / 10));
  };
  for (std::uint64_t y = 0; y < 10; ++y) {
    std::vector<double> row(24);
    for (std::uint64_t x = 0; x < 24; ++x) {
      row[x] = wave(x, y) + 1;
    }
    bench.solver().write_row(0, y, 0, row);
  }
  bench.run(1);
  for (std::uint64_t y = 0; y < 10; ++y) {
    for (std::uint64_t x = 0; x < 24; ++x) {
      EXPECT_NEAR(bench.at(0, x, y), 1 + std::exp(-0.8 * q * 3) * wave(x, y), 1e-12);
    }
  }
}

TEST(ExponentialMethod, KeepsMassInSteps50TimesEulersLimit) {
  PatternRequest request = noisy("cahn-hilliard", {32, 24}, Integrator::etd);
  const Model model = make_model("cahn-hilliard", {});
  request.step = 50 * largest_stable_step(model, make_grid(request.size, 1), Stencil::axes, Integrator::euler);
  Bench bench(request);
  const auto sum = [&] {
    const Values values = bench.values();
    return std::accumulate(values[0].begin(), values[0].end(), 0.0);
  };
  const double before = sum();
  bench.run(300);
  EXPECT_NEAR(sum(), before, 1e-9);
  const Values values = bench.values();
  for (const double value : values[0]) {
    EXPECT_LT(std::abs(value), 1.2);  // phases, not a state that blew up
  }
}

TEST(SolverBytesOfParameters, AreWhatEveryIntegratorTakes) {
  for (const Integrator integrator : {Integrator::euler, Integrator::rk4, Integrator::rk45, Integrator::etd}) {
    for (const std::string& name :
         {std::string("gray-scott"), std::string("swift-hohenberg"), std::string("ginzburg-landau")}) {
      const Model model = make_model(name, {});
      const Grid grid = make_grid({40, 21}, model.description().spacing);
      const Domain domain{.grid = grid,
                          .layout = make_layout(grid, Precision::single_precision),
                          .precision = Precision::single_precision,
                          .ghosts = {}};
      HostMemory host;
      LimitAdaptor bounded(host, solver_bytes(model, domain, integrator, {}, 1, 1));
      const Arena arena(1);
      const CancelToken never;
      const double step = largest_stable_step(model, grid, Stencil::axes, Integrator::euler) / 10;
      const Scheme scheme{
          .stencil = Stencil::axes, .integrator = integrator, .step = step, .tolerance = 1e-4, .varying = {0}};
      Solver solver(model, domain, scheme, {}, bounded, arena);
      for (std::uint64_t y = 0; y < 21; ++y) {
        solver.write_parameter_row(0, y, 0, std::vector<double>(40, model.parameters[0]));
        for (std::size_t species = 0; species < model.species(); ++species) {
          solver.write_row(species, y, 0, std::vector<double>(40, 0.1));
        }
      }
      solver.advance(1, never);
      EXPECT_EQ(bounded.peak_bytes(), solver_bytes(model, domain, integrator, {}, 1, 1))
          << name << ", " << name_of(integrator);
    }
  }
}

}  // namespace
}  // namespace basalt::patterns
