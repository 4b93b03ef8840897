// Homogeneous steady states, by Newton's method.
#pragma once

#include <optional>
#include <vector>

#include "workloads/patterns/analysis/linearise.h"

namespace basalt::patterns {

/// Where a model rests. Complex fields whose equations do not change with a common phase may rest in a frame that
/// rotates: then values are (R, 0) with the amplitude R, and A = R exp(−i ω t).
struct RestingState {
  std::vector<double> values;
  double rotation = 0;
  double residual = 0;  ///< Largest |∂u/∂t|, in that frame.
  bool any = false;     ///< The model rests at every value, or amplitude.
};

/// Whether the species are the parts of one complex field, whose equations are the same for every phase.
bool is_complex(const Model& model);

/// Every value (cahn-hilliard), or amplitude (nonlinear-schrodinger), is a steady state.
bool rests_everywhere(const Model& model);

/// From many starts, each state once, ascending by values. Where the model rests everywhere: the one of `chosen`, or of
/// its runs' start. Throws Error(bad_usage) for `chosen` where there is nothing to choose, and where it is not finite.
std::vector<RestingState> resting_states(const Model& model, const std::optional<double>& chosen);

/// The state that Newton's method finds from another one; none where it finds none.
std::optional<RestingState> newton(const Model& model, const std::vector<double>& start);

/// The linearisation in the state's frame.
Linearisation linearise(const Model& model, const RestingState& state);

}  // namespace basalt::patterns
