// Which waves grow around a state, and how fast.
#pragma once

#include <complex>
#include <optional>
#include <string>
#include <vector>

#include "basalt/pattern_analysis.h"
#include "workloads/patterns/analysis/linearise.h"

namespace basalt::patterns {

/// From wavenumbers k to q = −∇² of a wave, and back: k² in space, (4/h²) sin²(k h/2) along an axis of a grid.
class Symbol {
 public:
  /// `spacing` h of the grid; 0: no grid.
  explicit Symbol(double spacing) : spacing_(spacing) {}

  [[nodiscard]] double q_of(double wavenumber) const;
  /// The least k with that q; the largest of the grid where q is beyond what it has.
  [[nodiscard]] double wavenumber_of(double q) const;
  /// π/h; infinite without a grid.
  [[nodiscard]] double largest_wavenumber() const;

 private:
  double spacing_;
};

/// The stability of a state at k = 0 by name: "stable node", "unstable focus", "saddle", "centre", "neutral", ...
std::string kind_of(const Linearisation& linear);

/// What holds of a state now; never `fold`.
bool is_past(Bifurcation bifurcation, const Linearisation& linear);
std::vector<Bifurcation> instabilities(const Linearisation& linear);

/// Ranges of q whose waves grow, by the signs of two polynomials; `to` is infinite where all larger ones do.
std::vector<WaveBand> growing_bands(const Linearisation& linear);

/// Re s of the fastest growing wave with that q.
double growth_at(const Linearisation& linear, double q);

/// Of all waves with q from 0 to `largest`, by search and golden section.
double fastest_q(const Linearisation& linear, double largest);

std::optional<TuringConditions> turing_conditions(const Linearisation& linear);

}  // namespace basalt::patterns
