// What it costs to put several threads to work, and from what size on that pays.
#pragma once

#include "runtime/cpu/calibration_run.h"

namespace basalt {

/// How many figures measure_thread_costs() will ask for.
int count_thread_figures(int cores);

/// One entry for each of thread_counts(cores) but the first.
std::vector<ThreadCost> measure_thread_costs(int cores, CalibrationRun& run);

}  // namespace basalt
