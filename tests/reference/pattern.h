// Patterns by slow, obvious code: one cell after the other, in double, every neighbour asked for by its coordinates.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "basalt/pattern.h"

namespace basalt::reference {

struct PatternState {
  std::array<long, 3> size{1, 1, 1};
  int axes = 1;
  double spacing = 1;
  std::array<std::array<Side, 2>, 3> sides{};
  bool isotropic = false;
  /// Values of each species, x fastest.
  std::vector<std::vector<double>> species;

  [[nodiscard]] std::size_t index(long x, long y, long z) const {
    return static_cast<std::size_t>((z * size[1] + y) * size[0] + x);
  }
};

/// ∂u/∂t of every species and cell.
std::vector<std::vector<double>> pattern_rates(const std::string& model, const std::vector<double>& parameters,
                                               const PatternState& state);

/// ∂ rate[row] / ∂ u[column] of all species and cells, the cells of the first species before those of the next, row by
/// row: by differences of the rates, of fourth order.
std::vector<std::vector<double>> pattern_jacobian(const std::string& model, const std::vector<double>& parameters,
                                                  const PatternState& state);

void euler_step(const std::string& model, const std::vector<double>& parameters, double step, PatternState& state);
void runge_kutta_step(const std::string& model, const std::vector<double>& parameters, double step,
                      PatternState& state);

}  // namespace basalt::reference
