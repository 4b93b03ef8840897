#include "workloads/patterns/neighbours.h"

namespace basalt::patterns {

Neighbours neighbours_of(const Grid& grid, Stencil stencil) {
  if (grid.axes == 1) {
    return Neighbours::line;
  }
  if (grid.axes == 3) {
    return Neighbours::volume;
  }
  return stencil == Stencil::isotropic ? Neighbours::plane_with_corners : Neighbours::plane;
}

}  // namespace basalt::patterns
