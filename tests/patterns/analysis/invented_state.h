// States of cells that nothing singles out, for whatever must hold of any.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "reference/pattern.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/solve/domain.h"

namespace basalt::patterns {

/// Between 0.6 and 1.4: no model divides by 0 there.
inline reference::PatternState invented_state(const Model& model, const std::vector<std::uint64_t>& size,
                                              double spacing, const std::array<std::array<Side, 2>, 3>& sides,
                                              Stencil stencil) {
  reference::PatternState state;
  state.axes = static_cast<int>(size.size());
  state.spacing = spacing;
  state.sides = sides;
  state.isotropic = stencil == Stencil::isotropic;
  std::size_t cells = 1;
  for (std::size_t axis = 0; axis < size.size(); ++axis) {
    state.size[axis] = static_cast<long>(size[axis]);
    cells *= size[axis];
  }
  const CounterRandom random(3, 0);
  for (std::size_t species = 0; species < model.species(); ++species) {
    std::vector<double> values(cells);
    for (std::size_t i = 0; i < cells; ++i) {
      values[i] = 0.6 + 0.8 * random.uniform(species * cells + i);
    }
    state.species.push_back(values);
  }
  return state;
}

/// The cells of the first species, then those of the next.
inline std::vector<double> all_values(const reference::PatternState& state) {
  std::vector<double> values;
  for (const std::vector<double>& each : state.species) {
    values.insert(values.end(), each.begin(), each.end());
  }
  return values;
}

inline Domain domain_of(const Model& model, const std::vector<std::uint64_t>& size, double spacing,
                        const std::array<std::array<Side, 2>, 3>& sides) {
  PatternRequest request;
  request.sides = sides;
  const Grid grid = make_grid(size, spacing);
  return {.grid = grid,
          .layout = make_layout(grid, Precision::double_precision),
          .precision = Precision::double_precision,
          .ghosts = make_ghosts(request, model, grid)};
}

}  // namespace basalt::patterns
