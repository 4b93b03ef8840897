// Steps in which what is linear and stiff is exact: exponential time differencing with Runge-Kutta stages, of second
// order, after S. M. Cox and P. C. Matthews, J. Comput. Phys. 176 (2002) 430.
#pragma once

#include <cstddef>
#include <cstdint>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "basalt/pattern.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/solve/domain.h"
#include "workloads/patterns/solve/dormand_prince.h"
#include "workloads/patterns/spectral/transform.h"

namespace basalt::patterns {

/// With f the rates, L their linear part (`linear_growth`) by the discrete Laplacian of the stencil, z = L h, and
/// φ1(z) = (e^z − 1)/z, φ2(z) = (φ1(z) − 1)/z:
///
///   a  = u + h φ1(z) f(u)
///   u' = a + h φ2(z) (f(a) − e^z f(u))
///
/// which is the method of Cox and Matthews, written with all of f in place of what is not linear: equations are those
/// of the other integrators, and waves only filter what they come to. For periodic sides. Transforms are in double.
class Exponential {
 public:
  Exponential(const Model& model, const Domain& domain, Stencil stencil, double step, MemoryResource& memory,
              const Arena& arena);

  static std::uint64_t spectral_bytes(const Model& model, const Grid& grid);

  /// One step: `now` becomes the state after it; `next` is overwritten. Throws Error(cancelled): the state is then
  /// lost.
  void advance(const Cells& now, const Cells& next, const ComputeRates& rates, const CancelToken& cancel);

  /// Of a step besides the rates: visits of the grid, and bytes read plus written.
  static std::uint64_t visits(const Grid& grid) noexcept;
  [[nodiscard]] double bytes_moved() const noexcept;

 private:
  /// What a step does to a mode: e^z, h φ1(z)/N and h φ2(z)/N, with the 1/N of transforms there and back.
  struct Filter;
  [[nodiscard]] std::size_t filters_per_mode() const noexcept { return pair_ ? 1 : species_; }
  [[nodiscard]] Filter* filters_of_row(std::uint64_t row) const noexcept;
  void tabulate(const Model& model, Stencil stencil, double step);
  void load_rates(const CancelToken& cancel) const;
  /// Calls act(mode's filter, increment, first) for all modes of all rows, both being values of one field.
  template <typename Act>
  void filter_modes(const Act& act, const CancelToken& cancel) const;
  /// `to` = `from` + the increments, whose modes become cells.
  void add_increments(const Cells& from, const Cells& to, const CancelToken& cancel) const;

  [[nodiscard]] double* increment(std::size_t species) const noexcept;
  [[nodiscard]] double* first(std::size_t species) const noexcept;

  const Domain& domain_;
  const std::size_t species_;
  const bool pair_;  ///< The species are the parts of a complex field, whose modes turn as they decay.
  const Arena& arena_;
  const Transform transform_;
  Cells rates_;
  Buffer increment_;  ///< Modes of each species.
  Buffer first_;      ///< Those of f(u).
  Buffer filters_;    ///< Of each mode, one for each species or for the pair.
};

}  // namespace basalt::patterns
