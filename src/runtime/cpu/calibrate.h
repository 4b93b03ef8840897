// Measures the processor: bandwidth of every cache and of memory, arithmetic, what threads cost.
#pragma once

#include <functional>
#include <string_view>

#include "basalt/cancel.h"
#include "basalt/tune.h"

namespace basalt {

class CalibrationRun;

struct CalibrationSettings {
  double seconds = 2;  ///< About how long it may take.
  const CancelToken& cancel;
  std::function<void(double fraction, std::string_view what)> on_progress;
  /// What others measure besides, who know of more than a processor, and about how many figures that are.
  std::function<void(CalibrationRun& run, CpuFigures& figures)> measure_more = {};
  int more_figures = 0;
};

struct Calibration {
  CpuFigures figures;
  Noise noise;
};

/// Uses all cores of the inventory, and memory of a few times the largest cache. Throws Error(cancelled) or
/// Error(out_of_resources).
Calibration calibrate(const Inventory& inventory, const CalibrationSettings& settings);

}  // namespace basalt
