// Values of a parameter at which a homogeneous state changes.
#pragma once

#include <vector>

#include "basalt/pattern_analysis.h"
#include "workloads/patterns/analysis/steady.h"
#include "workloads/patterns/analysis/waves.h"

namespace basalt::patterns {

/// Between two values of `range.parameter`: where states begin and end, and where they begin or cease to let waves
/// grow; ascending. States are followed from one value of the parameter to the next, changes bisected to rounding. What
/// changes twice within 1/64 of the range may be missed.
std::vector<CriticalPoint> critical_points(const Model& model, const PatternRange& range,
                                           const std::optional<double>& chosen, const Symbol& symbol);

}  // namespace basalt::patterns
