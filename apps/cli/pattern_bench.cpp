#include "pattern_bench.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>

#include "basalt/json.h"
#include "interrupt.h"
#include "print.h"
#include "status_line.h"

namespace basalt::cli {
namespace {

void print_heading() {
  print(heading(fmt::format("{:24} {:12} {:>6} {:>3} {:>11} {:>9} {:>11} {:>10}", "model", "cells", "", "thr",
                            "steps/visit", "Gcells/s", "steps/sweep", "GB/s")));
}

void print_row(const PatternBenchRow& row) {
  const bool single = row.precision == Precision::single_precision;
  const std::string label =
      fmt::format("{:24} {:12} {:>6} {:>3}", row.model, fmt::format("{}", fmt::join(row.size, "x")),
                  single ? "single" : "double", row.threads);
  if (!row.skipped.empty()) {
    print(fmt::format("{} skipped: {}", label, row.skipped));
    return;
  }
  print(fmt::format("{} {:>11} {:>9.3f} {:>11.2f} {:>10.1f}", label, row.steps_per_visit, row.cells_per_second / 1e9,
                    row.steps_per_sweep, row.bytes_per_second / 1e9));
}

}  // namespace

void measure_patterns(const PatternBenchSettings& settings, bool json) {
  const StatusLine status;
  PatternBenchHooks hooks{.cancel = &interrupt_token(), .on_start = {}, .on_row = {}};
  hooks.on_start = [&](std::size_t row, std::size_t rows, const std::string& what) {
    status.show(static_cast<double>(row) / static_cast<double>(rows), what);
  };
  hooks.on_row = [&](const PatternBenchRow& row) {
    status.clear();
    if (!json) {
      print_row(row);
      std::cout.flush();
    }
  };
  if (!json) {
    print_heading();
  }
  PatternBenchReport report;
  try {
    report = bench_patterns(settings, hooks);
  } catch (...) {
    status.clear();
    throw;
  }
  if (json) {
    std::cout << json_of(report) << '\n';
  } else {
    print(fmt::format("\n{}, {} cores, {}", report.processor, report.cores, report.instruction_set));
    print_notes(report.notes);
  }
}

}  // namespace basalt::cli
