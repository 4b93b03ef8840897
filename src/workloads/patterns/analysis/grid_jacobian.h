// The equations of all cells of a grid, linearised at a state: what small disturbances of it follow.
#pragma once

#include <span>
#include <vector>

#include "basalt/memory.h"
#include "workloads/patterns/analysis/grid_laplacian.h"
#include "workloads/patterns/analysis/linearise.h"

namespace basalt::patterns {

/// One derivative in every cell: a number where it is the same in all.
class CellSlope {
 public:
  explicit CellSlope(MemoryResource& memory) : memory_(memory) {}

  /// Of cells 0 to cells − 1, in that order.
  void append(double value, std::uint64_t cell, std::uint64_t cells);
  void shift(double by);
  /// sum += slope · field.
  void add_product(const double* field, double* sum, std::uint64_t cells) const;

 private:
  MemoryResource& memory_;
  double value_ = 0;
  Buffer values_;  ///< Empty while all are the same.
};

/// The Jacobian matrix of ∂u/∂t of all species and cells, as a map: it is never written down. Derivatives are exact
/// (dual numbers); Laplacians are those of a run on that grid. Vectors are the cells of the first species, x fastest,
/// then those of the next.
class GridJacobian {
 public:
  /// `state` has model.species() · grid.cells() values and is needed no longer than this takes. A complex field is
  /// taken in the frame exp(−i ω t) in which it changes least, where the sides let its phase turn. `memory` must
  /// outlive the object. Throws Error(bad_input) for a state in which the equations have no value.
  GridJacobian(const Model& model, const Domain& domain, Stencil stencil, std::span<const double> state,
               MemoryResource& memory);

  /// What one holds in memory, at most, and takes besides while it is made.
  static std::uint64_t most_bytes(const Model& model, const Domain& domain);

  [[nodiscard]] std::uint64_t unknowns() const noexcept { return species_ * cells_; }
  [[nodiscard]] double rotation() const noexcept { return rotation_; }  ///< ω, in radians per time.
  [[nodiscard]] double residual() const noexcept { return residual_; }  ///< Largest |∂u/∂t| of a cell, in that frame.

  void apply(const double* from, double* to) const;

 private:
  double* scratch(std::size_t field) const { return scratch_.as<double>() + field * cells_; }
  /// Sets the slopes, and `rates` to ∂u/∂t of the state. `whole` is the Laplacian with all that sides add.
  void differentiate(const Model& model, const GridLaplacian& whole, const double* state, double* rates);
  void rotate(const double* state, double* rates);

  std::size_t species_;
  std::size_t auxiliary_;
  std::uint64_t cells_;
  GridLaplacian laplacian_;
  Buffer scratch_;                   ///< As many fields as there are Laplacians.
  std::vector<CellSlope> by_value_;  ///< Row by row, a row for each rate.
  std::vector<CellSlope> by_laplacian_;
  std::vector<CellSlope> auxiliary_by_;  ///< By the value, by the Laplacian.
  double rotation_ = 0;
  double residual_ = 0;
};

}  // namespace basalt::patterns
