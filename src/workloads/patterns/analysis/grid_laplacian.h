// The discrete Laplacian of runs, as a map of cells to cells.
#pragma once

#include "basalt/memory.h"
#include "workloads/patterns/neighbours.h"
#include "workloads/patterns/solve/domain.h"

namespace basalt::patterns {

/// The sides without what they add: what is left of them is linear in the cells.
Domain without_constants(Domain domain);

/// In double, with the stencil and the sides of a domain. A field is grid.cells() numbers, x fastest.
class GridLaplacian {
 public:
  /// `domain` is of double precision.
  GridLaplacian(const Domain& domain, Stencil stencil, MemoryResource& memory);

  /// ∇² of `field` to `laplacian`, in 1/length²; both may be the same.
  void apply(const double* field, double* laplacian) const;

 private:
  Domain domain_;
  Neighbours neighbours_;
  Cells cells_;  ///< One field with ghost cells.
};

}  // namespace basalt::patterns
