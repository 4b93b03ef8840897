#include "workloads/patterns/stability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "basalt/error.h"

namespace basalt::patterns {
namespace {

using Complex = std::complex<double>;

/// Of the step that is stable, the part that is taken where nobody chooses: reactions ask for some room.
constexpr double kUsualShare = 0.8;

/// By how much one step multiplies a mode, at z = growth · step.
double amplification(Integrator integrator, Complex z) {
  if (integrator == Integrator::euler) {
    return std::abs(1.0 + z);
  }
  return std::abs(1.0 + z * (1.0 + z / 2.0 * (1.0 + z / 3.0 * (1.0 + z / 4.0))));
}

/// The largest step that keeps a decaying mode from growing, by bisection: along a ray from 0 into the left half plane
/// the region of stability of either method is left once.
double stable_step(Integrator integrator, Complex growth) {
  constexpr double kRounding = 1e-12;
  if (growth == 0.0 || growth.real() > 0) {
    return std::numeric_limits<double>::infinity();
  }
  const auto holds = [&](double z) {
    return amplification(integrator, growth / std::abs(growth) * z) <= 1 + kRounding;
  };
  double stable = 0;
  double unstable = 4;  // neither region reaches as far
  if (integrator == Integrator::euler && growth.real() == 0) {
    return 0;
  }
  while (unstable - stable > 1e-10) {
    const double middle = (stable + unstable) / 2;
    (holds(middle) ? stable : unstable) = middle;
  }
  return stable / std::abs(growth);
}

/// The step that is taken where nobody chooses, for the largest stable step of a method.
double usual_step(const Model& model, double largest) {
  const double own = model.description().step;
  return own > 0 && own <= largest ? own : kUsualShare * largest;
}

/// The largest stable step of a method with a limit.
double limit_of(const Model& model, const Grid& grid, Stencil stencil, Integrator integrator) {
  double step = std::numeric_limits<double>::infinity();
  for (const Complex growth : linear_growth(model, largest_wavenumber_square(grid, stencil))) {
    step = std::min(step, stable_step(integrator, growth));
  }
  return step;
}

double usual_step(const Model& model, const Grid& grid, Stencil stencil, Integrator integrator) {
  const double runge_kutta = limit_of(model, grid, stencil, Integrator::rk4);
  const double euler = limit_of(model, grid, stencil, Integrator::euler);
  switch (integrator) {
    case Integrator::rk45:
      return 10 * usual_step(model, runge_kutta);
    case Integrator::etd:
      return usual_step(model, 4 * (euler > 0 ? euler : runge_kutta));
    case Integrator::rk4:
      return usual_step(model, runge_kutta);
    case Integrator::euler:
      break;
  }
  return usual_step(model, euler);
}

}  // namespace

void check_integrator(const PatternRequest& request, const Grid& grid) {
  if (request.tolerance && request.integrator != Integrator::rk45) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("{} has no tolerance: its steps are as long as they are", name_of(request.integrator)),
                "leave the tolerance out, or give --integrator rk45");
  }
  if (request.tolerance && !(*request.tolerance > 0 && *request.tolerance < 1)) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} is no tolerance", *request.tolerance),
                "give a number between 0 and 1, e.g. 1e-5");
  }
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(grid.axes); ++axis) {
    for (const Side& side : request.sides[axis]) {
      if (request.integrator == Integrator::etd && side.kind != SideKind::periodic) {
        throw Error(ErrorCode::unsupported,
                    fmt::format("etd steps in waves, which a side along {} that is {} does not have", "xyz"[axis],
                                name_of(side.kind)),
                    "make all sides periodic, or give --integrator rk45");
      }
    }
  }
}

double largest_wavenumber_square(const Grid& grid, Stencil stencil) {
  const double scale = 1 / (grid.spacing * grid.spacing);
  if (stencil == Stencil::isotropic && grid.axes == 2) {
    return scale * 16 / 3;
  }
  return scale * 4 * grid.axes;
}

std::vector<std::complex<double>> linear_growth(const Model& model, double wavenumber_square) {
  const std::vector<double>& p = model.parameters;
  const double k2 = wavenumber_square;
  const std::string& name = model.description().name;
  if (name == "swift-hohenberg") {
    return {p[0] - (1 - k2) * (1 - k2)};
  }
  if (name == "cahn-hilliard") {
    return {-p[0] * k2 * (2 + p[1] * k2)};
  }
  if (name == "ginzburg-landau") {
    return {{-k2, -p[0] * k2}, {-k2, p[0] * k2}};
  }
  if (name == "nonlinear-schrodinger") {
    return {{0, -k2 / 2}, {0, k2 / 2}};
  }
  const std::size_t first = p.size() - model.species();  // diffusion coefficients come last
  std::vector<Complex> growth;
  for (std::size_t species = 0; species < model.species(); ++species) {
    growth.emplace_back(-p[first + species] * k2);
  }
  return growth;
}

double largest_stable_step(const Model& model, const Grid& grid, Stencil stencil, Integrator integrator) {
  if (integrator == Integrator::rk45 || integrator == Integrator::etd) {
    return std::numeric_limits<double>::infinity();
  }
  return limit_of(model, grid, stencil, integrator);
}

double choose_step(const Model& model, const Grid& grid, Stencil stencil, Integrator integrator,
                   const std::optional<double>& asked) {
  const double largest = largest_stable_step(model, grid, stencil, integrator);
  const std::string& name = model.description().name;
  if (largest == 0) {
    throw Error(ErrorCode::bad_usage, fmt::format("no step of Euler's method is stable for {}", name),
                "give --integrator rk4");
  }
  const double step = asked ? *asked : usual_step(model, grid, stencil, integrator);
  if (!std::isfinite(step) || step <= 0) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} is no step of time", step), "give one above 0");
  }
  if (step > largest) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("a step of {} is unstable for {} with cells {} apart", step, name, grid.spacing),
                fmt::format("the largest stable step is {:.6g}: give that or less, or a larger spacing", largest));
  }
  return step;
}

}  // namespace basalt::patterns
