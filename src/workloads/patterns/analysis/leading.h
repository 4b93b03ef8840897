// Leading eigenvalues of states on a grid: from a request to its report.
#pragma once

#include <vector>

#include "basalt/cancel.h"
#include "basalt/pattern_analysis.h"
#include "workloads/patterns/analysis/steady.h"

namespace basalt::patterns {

/// Of the state in the request's file, or of each of `states`. Throws as analyse_pattern() says.
LeadingReport leading_eigenvalues(const Model& model, const LeadingRequest& request, double spacing,
                                  const std::vector<RestingState>& states, const CancelToken& cancel);

}  // namespace basalt::patterns
