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

  /// Measures figures that are compared with one another: sample(i) gives that number i, and each turn takes one of
  /// each, so that a busy moment meets all of them. The samples, turn by turn.
  template <typename Sample>
  std::vector<std::vector<double>> measure_in_turns(int count, const Sample& sample) {
    done_ += count;
    std::vector<std::vector<double>> turns;
    sample_for(settings_.seconds / figures_ * count, settings_.cancel, [&] {
      std::vector<double>& turn = turns.emplace_back();
      for (int i = 0; i < count; ++i) {
        turn.push_back(sample(i));
      }
      return turn.front();
    });
    return turns;
  }

 private:
  const CalibrationSettings& settings_;
  Control& control_;
  int figures_;
  int done_ = 0;
};

}  // namespace basalt
