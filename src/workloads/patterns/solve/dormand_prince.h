// Steps that choose their length: the embedded pair of fifth and fourth order of J. R. Dormand and P. J. Prince, J.
// Comput. Appl. Math. 6 (1980) 19.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "basalt/pattern.h"
#include "workloads/patterns/solve/domain.h"

namespace basalt::patterns {

/// ∂u/∂t at all cells of `at`, into `to`.
using ComputeRates = std::function<void(const Cells& at, const Cells& to)>;

/// A step goes on where in every cell the difference of the two orders is at most tolerance · (1 + |u|); it is of the
/// fifth. The next is 0.9 tolerance^(1/5) of the length that would just do, 5 times the last at most and a fifth at
/// least (E. Hairer, S. P. Nørsett and G. Wanner, Solving Ordinary Differential Equations I, II.4).
class DormandPrince {
 public:
  static constexpr std::size_t kStages = 7;

  /// `first` is the length to begin with. References must outlive it.
  DormandPrince(const Domain& domain, std::size_t species, double tolerance, double first, MemoryResource& memory,
                const Arena& arena);

  /// Takes `now` on by `length`; `next` is overwritten, and both may be exchanged. Throws Error(failed) where no step
  /// is short enough, as where a state grows beyond all bounds; Error(cancelled), and then the state is lost.
  void advance(Cells& now, Cells& next, double length, const ComputeRates& rates, const CancelToken& cancel);

  [[nodiscard]] const AdaptiveSteps& steps() const noexcept { return steps_; }
  /// Goes on as one that did these. Before the first step.
  void go_on(const AdaptiveSteps& steps) noexcept { steps_ = steps; }

  /// Of one step besides the rates: visits of the grid, and fields read plus written.
  static constexpr std::uint64_t visits() noexcept { return kStages; }
  static double fields_moved() noexcept;

 private:
  /// Leaves what a step of that length makes of `now` in `next`. Returns its error in terms of the tolerance.
  double attempt(const Cells& now, const Cells& next, double length, const ComputeRates& rates,
                 const CancelToken& cancel);
  void combine(const Cells& now, const Cells& next, std::size_t stage, double length, const CancelToken& cancel) const;
  [[nodiscard]] double error_of(const Cells& now, double length, const CancelToken& cancel) const;
  [[nodiscard]] std::uint64_t grain() const noexcept;

  const Domain& domain_;
  const std::size_t species_;
  const Arena& arena_;
  std::array<Cells, kStages> rates_;
  bool first_known_ = false;  ///< rates_[0] are those of the state.
  AdaptiveSteps steps_;
};

}  // namespace basalt::patterns
