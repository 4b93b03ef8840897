// What all parts of a calibration share: time, cancel, progress, controls.
#pragma once

#include <string>
#include <vector>

#include "runtime/cpu/calibrate.h"
#include "runtime/cpu/control.h"
#include "runtime/cpu/samples.h"

namespace basalt {

/// 1, 2, 4, ... and `most`.
std::vector<int> thread_counts(int most);

class CalibrationRun {
 public:
  /// `figures` is about how many will be measured; they share the time.
  CalibrationRun(const CalibrationSettings& settings, Control& control, int figures)
      : settings_(settings), control_(control), figures_(figures) {}

  [[nodiscard]] const CancelToken& cancel() const noexcept { return settings_.cancel; }

  /// Says what is measured next, and takes a sample of the control.
  void begin(const std::string& what);

  /// Measures one figure: sample() gives it.
  template <typename Sample>
  Measured measure(const Sample& sample) {
    ++done_;
    return summarize(sample_for(settings_.seconds / figures_, settings_.cancel, sample));
  }

 private:
  const CalibrationSettings& settings_;
  Control& control_;
  int figures_;
  int done_ = 0;
};

}  // namespace basalt
