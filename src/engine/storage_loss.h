// How far a state may be from what it would be if storing it lost nothing.
//
// Unitary steps keep the angle between two states, a factor does, too, and angles add up at most (they are distances
// between rays). Whoever stores φ and gets φ + δ back turned it by arcsin(|δ| / |φ|) at most. So the angle θ to the
// state of a run without losses is bounded by a sum, and |<ideal|actual>|² of the normalised states is at least cos² θ.
#pragma once

#include <array>

namespace basalt {

class StorageLoss {
 public:
  StorageLoss() = default;
  /// From kept(). What makes no sense becomes the worst that there is.
  explicit StorageLoss(const std::array<double, 3>& kept) noexcept;
  [[nodiscard]] std::array<double, 3> kept() const noexcept { return {angle_, least_norm_, most_norm_}; }

  /// What came back differs from what was stored by a vector of this norm.
  void add(double lost) noexcept;

  /// All amplitudes were multiplied by this.
  void scale(double factor) noexcept;

  /// Those that do not fit an outcome became 0 and the others were multiplied by `factor`, which is one over the root
  /// of the outcome's probability.
  void project(double factor) noexcept;

  /// Of the state with the one of a run without losses: at least this.
  [[nodiscard]] double fidelity() const noexcept;

  /// By how much Σ|amplitude|² may differ from 1 for it.
  [[nodiscard]] double norm_slack() const noexcept;

 private:
  double angle_ = 0;  ///< Radians, at most π/2.
  double least_norm_ = 1;
  double most_norm_ = 1;
};

}  // namespace basalt
