#include "bench_table.h"

#include <fmt/format.h>

#include <string>

#include "print.h"

namespace basalt::cli {
namespace {

/// "-" where the figure is not known.
std::string known(double value, const std::string& text) {
  return value > 0 ? text : "-";
}

std::string label(const BenchRow& row) {
  const bool single = row.precision == Precision::single_precision;
  return fmt::format("{:20} {:>3} {:>6} {:>3}", row.family, row.qubits, single ? "single" : "double", row.threads);
}

}  // namespace

void print_bench_heading() {
  print(
      heading(fmt::format("{:20} {:>3} {:>6} {:>3} {:>6} {:>9} {:>9} {:>8} {:>7} {:>8} {:>8} {:>9}", "circuit", "n", "",
                          "thr", "gates", "time", "plan", "sweeps", "stages", "flop/amp", "roofline", "pred/act")));
}

void print_bench_row(const BenchRow& row) {
  if (!row.skipped.empty()) {
    print(fmt::format("{} skipped: {}", label(row), row.skipped));
    return;
  }
  print(fmt::format("{} {:>6} {:>9} {:>9} {:>8.1f} {:>7} {:>8} {:>8} {:>9}", label(row), row.gates,
                    format_seconds(row.seconds), format_seconds(row.plan_seconds), row.sweep_equivalents, row.stages,
                    known(row.flops_per_amplitude, fmt::format("{:.0f}", row.flops_per_amplitude)),
                    known(row.roofline_fraction, fmt::format("{:.0f}%", 100 * row.roofline_fraction)),
                    known(row.predicted_seconds, fmt::format("{:.2f}", row.predicted_seconds / row.seconds))));
}

void print_bench_machine(const BenchReport& report) {
  if (!report.device.empty()) {
    print(
        fmt::format("\n{} ({}), read by {} cores of {}", report.device, report.driver, report.cores, report.processor));
    return;
  }
  print(fmt::format("\n{}, {} cores, {}; arithmetic peak: {}", report.processor, report.cores, report.instruction_set,
                    report.peak_source));
}

}  // namespace basalt::cli
