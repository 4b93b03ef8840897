// Models by name, and what a request's parameters make of one. The equations themselves: equations.h.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "basalt/pattern.h"
#include "workloads/patterns/equations.h"

namespace basalt::patterns {

/// A model with values for its parameters.
struct Model {
  std::size_t number = 0;  ///< Of `pattern_models()` and `with_equations`.
  std::vector<double> parameters;

  [[nodiscard]] const PatternModel& description() const { return pattern_models()[number]; }
  [[nodiscard]] std::size_t species() const { return description().species.size(); }
  /// Fields besides the species that a rate needs; 0 or 1.
  [[nodiscard]] std::size_t auxiliary() const { return description().fourth_order ? 1 : 0; }
};

/// Throws Error(bad_usage) with the nearest name for one that is unknown, of the model or of a parameter, and for
/// values that are not finite or, where they must not be, negative.
Model make_model(const std::string& name, const std::map<std::string, double>& parameters);

/// The place of a parameter in Model::parameters. Throws Error(bad_usage) where the model does not have it.
std::size_t parameter_number(const PatternModel& model, const std::string& name);

/// ∂u/∂t of each species at one point, from values and Laplacians (of the species, then of the auxiliary field), both
/// in double. For analysis; kernels do the same over rows.
void rates_at(const Model& model, const double* u, const double* laplacian, double* rate);

/// What a run starts from where nothing else is said: the homogeneous state, and the one of disturbed cells.
struct UsualStates {
  std::vector<double> homogeneous;
  std::vector<double> disturbed;
  bool square = false;  ///< The homogeneous state is stable: a pattern needs the disturbed cells.
};
UsualStates usual_states(const Model& model);

}  // namespace basalt::patterns
