// How many Euler steps of a pattern's plane to do in one visit of memory, and from what size of the plane on.
#pragma once

#include "runtime/cpu/calibration_run.h"

namespace basalt {

/// How many figures measure_plane_visits() will ask for.
int count_plane_figures(const Inventory& inventory);

/// Takes twice the largest cache of memory, and at most 256 MiB.
PlaneVisits measure_plane_visits(const Inventory& inventory, CalibrationRun& run);

}  // namespace basalt
