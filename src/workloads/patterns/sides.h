// The sides of the domain: what ghost cells hold so that the equations see the conditions there.
#pragma once

#include "basalt/pattern.h"
#include "workloads/patterns/grid.h"
#include "workloads/patterns/model.h"

namespace basalt::patterns {

/// A ghost cell as a function of the cell beside it: constant + factor · inner. Sides lie half way between the two,
/// which makes both conditions of second order.
struct Ghost {
  bool periodic = true;  ///< Instead, it is the cell at the other side.
  double constant = 0;
  double factor = 0;
};

/// Dirichlet: (ghost + inner)/2 = value. Neumann: (ghost − inner)/spacing = value. Robin: alpha times the first mean
/// plus beta times the second difference = value. Throws Error(bad_usage) where alpha/2 + beta/spacing is 0.
Ghost make_ghost(const Side& side, double spacing);

/// Of every side; of axes that the grid does not have, periodic. Throws Error(bad_usage) for an axis that is periodic
/// at one side only, values that are not finite, and what a model of fourth order does not allow.
std::array<std::array<Ghost, 2>, 3> make_ghosts(const PatternRequest& request, const Model& model, const Grid& grid);

}  // namespace basalt::patterns
