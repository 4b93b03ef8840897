// Which tiles a run of steps is cut for: their size, and the runs in which they lie in memory. Part of make_plan().
#pragma once

#include <span>
#include <vector>

#include "plan/cost.h"
#include "plan/cut.h"
#include "plan/plan.h"

namespace basalt {

/// A stage and its cost.
struct CostedCut {
  StageCut cut;  ///< Its steps count from the first of those that were cut.
  StageCost cost;
};

/// Cuts steps that all run in tiles. `axes` are those of the field in memory, padding included.
std::vector<CostedCut> cut_into_tiles(std::span<const Step> steps, ElementType type, int axes, const PlanLimits& limits,
                                      const PlanSettings& settings);

}  // namespace basalt
