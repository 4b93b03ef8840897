#include "pattern_bench.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "print.h"
#include "show_bench.h"

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

void print_machine(const PatternBenchReport& report) {
  print(fmt::format("\n{}, {} cores, {}", report.processor, report.cores, report.instruction_set));
}

}  // namespace

void measure_patterns(const PatternBenchSettings& settings, bool json) {
  const BenchTable<PatternBenchRow, PatternBenchReport> table{
      .heading = print_heading, .row = print_row, .machine = print_machine};
  show_bench<PatternBenchHooks>(json, table,
                                [&](const PatternBenchHooks& hooks) { return bench_patterns(settings, hooks); });
}

}  // namespace basalt::cli
