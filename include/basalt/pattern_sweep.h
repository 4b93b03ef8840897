// Sweeps: one pattern for many values of its parameters, as a batch of runs with statistics for each.
//
//   PatternSweepRequest sweep;
//   sweep.pattern = {.model = "gray-scott", .size = {128, 128}, .steps = 10000};
//   sweep.ranges = {{.parameter = "F", .from = 0.01, .to = 0.08, .points = 15},
//                   {.parameter = "k", .from = 0.03, .to = 0.07, .points = 11}};
//   sweep.batch.output = "map";
//   PatternSweepReport report = sweep_pattern(sweep);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "basalt/batch.h"
#include "basalt/pattern.h"

namespace basalt {

/// Values of a parameter from one end to the other, both included, evenly spaced.
struct SweepRange {
  std::string parameter;
  double from = 0;
  double to = 0;
  std::uint32_t points = 1;

  [[nodiscard]] double value(std::uint64_t point) const noexcept {
    return points < 2 ? from : from + (to - from) * static_cast<double>(point) / (points - 1);
  }
};

struct PatternSweepRequest {
  PatternRequest pattern;          ///< Of each point, with its seed; has no output of its own.
  std::vector<SweepRange> ranges;  ///< The first goes fastest. One or two of them make a picture.
  /// As of a batch, but `output` is a folder: points.jsonl, which is the journal, sweep.toml, sweep.csv and phases.png.
  BatchSettings batch;
  /// What colours show: "class", or a number of a point: "mean", "deviation", "wavelength", "change", "mass", "energy".
  std::string show = "class";
};

struct PatternSweepPoint {
  std::vector<double> values;           ///< Of the parameters that vary, in the order of the ranges.
  bool done = false;                    ///< Else `error` says why not.
  std::string error;                    ///< E.g. that the state blew up.
  std::vector<SpeciesSummary> species;  ///< At the end of the run, and so are ...
  PatternStatistics statistics;         ///< ... these, without structure factors.
};

struct PatternSweepReport {
  std::string model;
  std::vector<SweepRange> ranges;
  std::string show;
  std::vector<PatternSweepPoint> points;  ///< The first range fastest.
  std::vector<std::string> files;         ///< Written.
  BatchSummary batch;
  std::vector<std::string> notes;
};

/// Runs all points that have no result yet. A point that fails costs itself only. Throws as run_batch does, and
/// Error(bad_usage) for what no point would take: a parameter that there is not, or that is given twice, no points or
/// too many of them, a value that a parameter may not have, an output folder of the pattern itself.
PatternSweepReport sweep_pattern(const PatternSweepRequest& request, const BatchHooks& hooks = {});

}  // namespace basalt
