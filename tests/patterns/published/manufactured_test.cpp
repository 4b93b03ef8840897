// Benchmark 7 of PFHub (pages.nist.gov/pfhub, part a): the Allen-Cahn equation with a source that makes
//
//   η = ½ (1 − tanh((y − α(x, t)) / √(2κ))),  α = ¼ + A1 t sin(B1 x) + A2 sin(B2 x + C2 t)
//
// its solution. With u = 1 − 2η it is FitzHugh and Nagumo's first equation, whose v is the source: it neither diffuses
// nor recovers here, and is written anew before each step.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "basalt/memory.h"
#include "workloads/patterns/sides.h"
#include "workloads/patterns/solve/solver.h"

namespace basalt::patterns {
namespace {

using std::numbers::pi;

constexpr double kKappa = 0.0004;
constexpr double kA1 = 0.0075;
constexpr double kA2 = 0.03;
constexpr double kB1 = 8 * pi;
constexpr double kB2 = 22 * pi;
constexpr double kC2 = 0.0625 * pi;

double place_of(double x, double t) {
  return 0.25 + kA1 * t * std::sin(kB1 * x) + kA2 * std::sin(kB2 * x + kC2 * t);
}

double solution(double x, double y, double t) {
  return std::tanh((y - place_of(x, t)) / std::sqrt(2 * kKappa));
}

/// −v: what makes `solution` one, ∂η/∂t + 4η(η − 1)(η − ½) − κ∇²η, times −2 for u.
double source(double x, double y, double t) {
  const double velocity = kA1 * std::sin(kB1 * x) + kA2 * kC2 * std::cos(kB2 * x + kC2 * t);
  const double slope = kA1 * kB1 * t * std::cos(kB1 * x) + kA2 * kB2 * std::cos(kB2 * x + kC2 * t);
  const double bend = -kA1 * kB1 * kB1 * t * std::sin(kB1 * x) - kA2 * kB2 * kB2 * std::sin(kB2 * x + kC2 * t);
  const double tanh = solution(x, y, t);
  const double of_eta = (1 - tanh * tanh) / (4 * std::sqrt(kKappa)) *
                        (-2 * std::sqrt(kKappa) * tanh * slope * slope + std::sqrt(2.0) * (velocity - kKappa * bend));
  return -2 * of_eta;
}

/// The root mean square error of η after `time`, on a grid of 2 n by n cells of the unit square's lower half.
double error_after(double time, std::uint64_t n) {
  PatternRequest request;
  request.model = "fitzhugh-nagumo";
  request.parameters = {{"epsilon", 0}, {"Du", kKappa}, {"Dv", 0}};
  request.sides[1] = {Side{.kind = SideKind::dirichlet, .value = -1, .alpha = 0, .beta = 0},
                      Side{.kind = SideKind::dirichlet, .value = 1, .alpha = 0, .beta = 0}};
  const Model model = make_model(request.model, request.parameters);
  const Grid grid = make_grid({2 * n, n}, 0.5 / static_cast<double>(n));
  const Domain domain{.grid = grid,
                      .layout = make_layout(grid, Precision::double_precision),
                      .precision = Precision::double_precision,
                      .ghosts = make_ghosts(request, model, grid)};
  // proportional to the square of the spacing, as the error in space is
  const auto steps = static_cast<std::uint64_t>(std::ceil(time * 8 * kKappa / (grid.spacing * grid.spacing)));
  const double step = time / static_cast<double>(steps);
  HostMemory memory;
  const Arena arena(1);
  Solver solver(model, domain, {.integrator = Integrator::euler, .step = step}, {}, memory, arena);
  const auto middle = [&](std::uint64_t cell) { return (static_cast<double>(cell) + 0.5) * grid.spacing; };
  const auto write = [&](std::size_t species, double t, double (*value)(double, double, double)) {
    std::vector<double> row(grid.size[0]);
    for (std::uint64_t y = 0; y < grid.size[1]; ++y) {
      for (std::uint64_t x = 0; x < grid.size[0]; ++x) {
        row[x] = species == 0 ? value(middle(x), middle(y), t) : -value(middle(x), middle(y), t);
      }
      solver.write_row(species, y, 0, row);
    }
  };
  write(0, 0, solution);
  for (std::uint64_t i = 0; i < steps; ++i) {
    write(1, step * static_cast<double>(i), source);
    solver.advance(1, CancelToken());
  }
  double squares = 0;
  for (std::uint64_t y = 0; y < grid.size[1]; ++y) {
    const auto* const row = reinterpret_cast<const double*>(solver.row(0, y, 0));
    for (std::uint64_t x = 0; x < grid.size[0]; ++x) {
      const double difference = (row[x] - solution(middle(x), middle(y), time)) / 2;
      squares += difference * difference;
    }
  }
  return std::sqrt(squares / static_cast<double>(grid.cells()));
}

TEST(ManufacturedSolution, OfPfhubsBenchmark7IsMetInSecondOrder) {
  const double coarse = error_after(0.5, 48);
  const double fine = error_after(0.5, 96);
  EXPECT_LT(fine, 2e-3);
  EXPECT_NEAR(std::log2(coarse / fine), 2, 0.15);
}

}  // namespace
}  // namespace basalt::patterns
