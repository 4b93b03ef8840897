// How fast each rung of the memory ladder is.
#pragma once

#include "runtime/cpu/calibration_run.h"

namespace basalt {

struct MemoryFigures {
  std::vector<Bandwidth> bandwidth;
  std::uint64_t prefetch_bytes = 0;
};

/// How many figures measure_memory() will ask for.
int count_memory_figures(const Inventory& inventory);

MemoryFigures measure_memory(const Inventory& inventory, CalibrationRun& run);

}  // namespace basalt
