#include "reference/pattern.h"

#include <cmath>
#include <complex>
#include <stdexcept>
#include <utility>

namespace basalt::reference {
namespace {

using Values = std::vector<double>;
using Fields = std::vector<Values>;

/// The value at a cell, which may lie one beyond the grid along any axes.
double value_at(const PatternState& state, const Values& field, std::array<long, 3> at) {
  // beyond two sides at once the last axis comes first, for a ghost row holds ghosts of the rows before it
  for (int axis = state.axes - 1; axis >= 0; --axis) {
    const bool before = at[axis] < 0;
    if (!before && at[axis] < state.size[axis]) {
      continue;
    }
    const Side& side = state.sides[axis][before ? 0 : 1];
    if (side.kind == SideKind::periodic) {
      at[axis] = before ? state.size[axis] - 1 : 0;
      continue;
    }
    std::array<long, 3> inner = at;
    inner[axis] = before ? 0 : state.size[axis] - 1;
    const double u = value_at(state, field, inner);
    if (side.kind == SideKind::dirichlet) {
      return 2 * side.value - u;
    }
    if (side.kind == SideKind::neumann) {
      return u + state.spacing * side.value;
    }
    // alpha (g + u)/2 + beta (g − u)/h = value, solved for g
    const double h = state.spacing;
    return (side.value - side.alpha * u / 2 + side.beta * u / h) / (side.alpha / 2 + side.beta / h);
  }
  return field[state.index(at[0], at[1], at[2])];
}

Values laplacian(const PatternState& state, const Values& field) {
  Values result(field.size());
  const double h2 = state.spacing * state.spacing;
  for (long z = 0; z < state.size[2]; ++z) {
    for (long y = 0; y < state.size[1]; ++y) {
      for (long x = 0; x < state.size[0]; ++x) {
        const double centre = field[state.index(x, y, z)];
        double sum = 0;
        if (state.isotropic && state.axes == 2) {
          for (long dy = -1; dy <= 1; ++dy) {
            for (long dx = -1; dx <= 1; ++dx) {
              const double weight = dx == 0 && dy == 0 ? -10.0 / 3 : dx == 0 || dy == 0 ? 2.0 / 3 : 1.0 / 6;
              sum += weight * value_at(state, field, {x + dx, y + dy, z});
            }
          }
        } else {
          for (int axis = 0; axis < state.axes; ++axis) {
            for (const long step : {-1L, 1L}) {
              std::array<long, 3> at = {x, y, z};
              at[axis] += step;
              sum += value_at(state, field, at) - centre;
            }
          }
        }
        result[state.index(x, y, z)] = sum / h2;
      }
    }
  }
  return result;
}

/// Of the species at one cell, given their Laplacians and, of models of fourth order, that of the auxiliary field.
Values reaction(const std::string& model, const Values& p, const Values& u, const Values& lap, double lap_w) {
  if (model == "gray-scott") {
    return {p[2] * lap[0] - u[0] * u[1] * u[1] + p[0] * (1 - u[0]),
            p[3] * lap[1] + u[0] * u[1] * u[1] - (p[0] + p[1]) * u[1]};
  }
  if (model == "fitzhugh-nagumo") {
    return {p[3] * lap[0] + u[0] - std::pow(u[0], 3) - u[1], p[4] * lap[1] + p[0] * (u[0] - p[1] * u[1] - p[2])};
  }
  if (model == "schnakenberg") {
    return {p[3] * lap[0] + p[2] * (p[0] - u[0] + u[0] * u[0] * u[1]),
            p[4] * lap[1] + p[2] * (p[1] - u[0] * u[0] * u[1])};
  }
  if (model == "brusselator") {
    return {p[2] * lap[0] + p[0] - (p[1] + 1) * u[0] + u[0] * u[0] * u[1],
            p[3] * lap[1] + p[1] * u[0] - u[0] * u[0] * u[1]};
  }
  if (model == "gierer-meinhardt") {
    return {p[4] * lap[0] + p[0] * u[0] * u[0] / u[1] - p[1] * u[0] + p[3],
            p[5] * lap[1] + p[0] * u[0] * u[0] - p[2] * u[1]};
  }
  if (model == "swift-hohenberg") {
    return {p[0] * u[0] - (u[0] + 2 * lap[0] + lap_w) + p[1] * u[0] * u[0] - std::pow(u[0], 3)};
  }
  if (model == "cahn-hilliard") {
    return {p[0] * lap_w};
  }
  const std::complex<double> i(0, 1);
  const std::complex<double> a(u[0], u[1]);
  const std::complex<double> lap_a(lap[0], lap[1]);
  std::complex<double> rate;
  if (model == "ginzburg-landau") {
    rate = a + (1.0 + i * p[0]) * lap_a - (1.0 + i * p[1]) * std::norm(a) * a;
  } else if (model == "nonlinear-schrodinger") {
    rate = -i * (-0.5 * lap_a + p[0] * std::norm(a) * a);
  } else {
    throw std::invalid_argument(model);
  }
  return {rate.real(), rate.imag()};
}

Fields add(const Fields& a, double factor, const Fields& b) {
  Fields sum = a;
  for (std::size_t s = 0; s < a.size(); ++s) {
    for (std::size_t i = 0; i < a[s].size(); ++i) {
      sum[s][i] += factor * b[s][i];
    }
  }
  return sum;
}

}  // namespace

Fields pattern_rates(const std::string& model, const Values& parameters, const PatternState& state) {
  const std::size_t cells = state.species.front().size();
  Fields laplacians;
  for (const Values& field : state.species) {
    laplacians.push_back(laplacian(state, field));
  }
  Values lap_w(cells, 0);
  if (model == "swift-hohenberg") {
    lap_w = laplacian(state, laplacians[0]);
  } else if (model == "cahn-hilliard") {
    Values w(cells);
    for (std::size_t i = 0; i < cells; ++i) {
      const double u = state.species[0][i];
      w[i] = u * u * u - u - parameters[1] * laplacians[0][i];
    }
    lap_w = laplacian(state, w);
  }
  Fields rates(state.species.size(), Values(cells));
  for (std::size_t i = 0; i < cells; ++i) {
    Values u;
    Values lap;
    for (std::size_t s = 0; s < state.species.size(); ++s) {
      u.push_back(state.species[s][i]);
      lap.push_back(laplacians[s][i]);
    }
    const Values rate = reaction(model, parameters, u, lap, lap_w[i]);
    for (std::size_t s = 0; s < rates.size(); ++s) {
      rates[s][i] = rate[s];
    }
  }
  return rates;
}

std::vector<Values> pattern_jacobian(const std::string& model, const Values& parameters, const PatternState& state) {
  constexpr double kStep = 1e-3;
  const std::size_t cells = state.species.front().size();
  const std::size_t unknowns = state.species.size() * cells;
  const auto rates = [&](std::size_t column, double change) {
    PatternState near = state;
    near.species[column / cells][column % cells] += change;
    Values all;
    for (const Values& each : pattern_rates(model, parameters, near)) {
      all.insert(all.end(), each.begin(), each.end());
    }
    return all;
  };
  std::vector<Values> jacobian(unknowns, Values(unknowns));
  for (std::size_t column = 0; column < unknowns; ++column) {
    const Values above = rates(column, kStep);
    const Values below = rates(column, -kStep);
    const Values far_above = rates(column, 2 * kStep);
    const Values far_below = rates(column, -2 * kStep);
    for (std::size_t row = 0; row < unknowns; ++row) {
      jacobian[row][column] = (8 * (above[row] - below[row]) - (far_above[row] - far_below[row])) / (12 * kStep);
    }
  }
  return jacobian;
}

void euler_step(const std::string& model, const Values& parameters, double step, PatternState& state) {
  state.species = add(state.species, step, pattern_rates(model, parameters, state));
}

void runge_kutta_step(const std::string& model, const Values& parameters, double step, PatternState& state) {
  PatternState at = state;
  const Fields k1 = pattern_rates(model, parameters, at);
  at.species = add(state.species, step / 2, k1);
  const Fields k2 = pattern_rates(model, parameters, at);
  at.species = add(state.species, step / 2, k2);
  const Fields k3 = pattern_rates(model, parameters, at);
  at.species = add(state.species, step, k3);
  const Fields k4 = pattern_rates(model, parameters, at);
  for (const auto& [k, weight] : {std::pair{&k1, 1.0}, {&k2, 2.0}, {&k3, 2.0}, {&k4, 1.0}}) {
    state.species = add(state.species, step * weight / 6, *k);
  }
}

}  // namespace basalt::reference
