// The benchmark of patterns: how many cells a second, against one in-place scale of the fields in the same run.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/pattern.h"

namespace basalt {

struct PatternBenchSettings {
  std::vector<std::string> models{"gray-scott"};
  std::vector<std::vector<std::uint64_t>> sizes{{1024, 1024}, {4096, 4096}, {160, 160, 160}};
  std::vector<Precision> precisions{Precision::single_precision, Precision::double_precision};
  std::vector<int> threads{0};  ///< 0: all that the process may use. Equal counts are measured once.
  /// As PatternRequest::steps_per_visit. Where a grid is no plane, only the first is measured.
  std::vector<std::optional<int>> steps_per_visit{1, std::nullopt};
  int repeats = 5;               ///< Runs of a row.
  double seconds_per_row = 10;   ///< After which a row is not run again.
  double seconds_per_run = 0.5;  ///< A run has as many steps as take about so long.
};

/// One model on one grid; medians over its runs.
struct PatternBenchRow {
  std::string model;
  std::vector<std::uint64_t> size;
  Precision precision = Precision::single_precision;
  int threads = 1;
  int steps_per_visit = 1;  ///< As they were done.
  std::string skipped;      ///< Why it was not run; empty where it was. Nothing below is known then.

  int runs = 0;
  std::uint64_t steps = 0;      ///< Of each run.
  double seconds = 0;           ///< Of the steps alone.
  double cells_per_second = 0;  ///< Cells · steps / seconds.
  double sweep_seconds = 0;     ///< One in-place scale of the species, measured in each run.
  double steps_per_sweep = 0;   ///< Steps in the time of such a scale: 1 is the limit of visits of one step.
  double bytes_per_second = 0;  ///< Read plus written by the visits, by count.
};

struct PatternBenchHooks {
  const CancelToken* cancel = nullptr;
  std::function<void(std::size_t row, std::size_t rows, const std::string& what)> on_start;  ///< Before each row.
  std::function<void(const PatternBenchRow& row)> on_row;                                    ///< After it.
};

struct PatternBenchReport {
  std::string processor;
  std::string instruction_set;
  std::uint64_t cores = 1;
  std::vector<PatternBenchRow> rows;
  std::vector<std::string> notes;
};

/// A row that does not fit in memory is skipped with the reason; every other failure is thrown: Error(bad_usage |
/// cancelled | ...).
PatternBenchReport bench_patterns(const PatternBenchSettings& settings, const PatternBenchHooks& hooks = {});

}  // namespace basalt
