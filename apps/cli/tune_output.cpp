#include "tune_output.h"

#include <fmt/format.h>

#include <iostream>

namespace basalt::cli {
namespace {

constexpr double kNoisySpread = 0.1;

void print(const std::string& text) {
  std::cout << text << '\n';
}

/// Right-aligned, with a mark where the measurements differed much.
std::string figure(const Measured& measured, double unit) {
  return fmt::format("{:>9.1f}{}", measured.median / unit, measured.spread > kNoisySpread ? '~' : ' ');
}

std::string figure(const std::optional<Measured>& measured, double unit) {
  return measured ? figure(*measured, unit) : fmt::format("{:>9} ", "-");
}

void print_bandwidth(const CpuFigures& figures) {
  print("bandwidth, GB/s (read plus written, all threads together)");
  print(fmt::format("  {:8}{:>8}{:>12}  {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}", "level", "threads", "per thread", "read",
                    "write", "scale", "copy", "write nt", "copy nt"));
  for (const Bandwidth& entry : figures.bandwidth) {
    const std::string level = entry.level == 0 ? "memory" : fmt::format("L{}", entry.level);
    print(fmt::format("  {:8}{:>8}{:>12}  {}{}{}{}{}{}", level, entry.threads, format_bytes(entry.bytes_per_thread),
                      figure(entry.read, 1e9), figure(entry.write, 1e9), figure(entry.scale, 1e9),
                      figure(entry.copy, 1e9), figure(entry.streaming_write, 1e9), figure(entry.streaming_copy, 1e9)));
  }
}

void print_peaks(const CpuFigures& figures) {
  print("\narithmetic, GFLOP/s (fused multiply-adds)");
  print(fmt::format("  {:16}{:>8}  {:>9} {:>9}", "instructions", "threads", "f32", "f64"));
  for (const ArithmeticPeak& peak : figures.peaks) {
    print(fmt::format("  {:16}{:>8}  {}{}", peak.instruction_set, peak.threads, figure(peak.f32, 1e9),
                      figure(peak.f64, 1e9)));
  }
}

void print_thread_costs(const CpuFigures& figures) {
  if (figures.thread_costs.empty()) {
    return;
  }
  print("\nthreads, µs");
  print(fmt::format("  {:>8}  {:>9} {:>9}   {}", "threads", "dispatch", "barrier", "pay from (bytes moved)"));
  for (const ThreadCost& cost : figures.thread_costs) {
    print(fmt::format("  {:>8}  {}{}  {}", cost.threads, figure(cost.dispatch_seconds, 1e-6),
                      figure(cost.barrier_seconds, 1e-6),
                      cost.crossover_bytes == 0 ? "not below 8 MiB" : format_bytes(cost.crossover_bytes)));
  }
}

void print_plane_visits(const CpuFigures& figures) {
  const auto& visits = figures.plane_visits;
  if (!visits) {
    return;
  }
  print(visits->steps == 1 ? "\nplanes of patterns: several steps in a visit are no faster"
                           : fmt::format("\nplanes of patterns: {} steps in a visit, {:.1f} times as fast, where the "
                                         "species take more than {}",
                                         visits->steps, visits->gain, format_bytes(visits->from_bytes)));
}

std::string unknown_or(const std::optional<DeviceSpeeds>& speeds, Measured DeviceSpeeds::*value, double unit) {
  return figure(speeds ? std::optional((*speeds).*value) : std::nullopt, unit);
}

void print_speeds(const DeviceFigures& figures) {
  const auto row = [&](const char* what, Measured DeviceSpeeds::*value, double unit) {
    print(fmt::format("  {:50}{}{}", what, figure(figures.single_precision.*value, unit),
                      unknown_or(figures.double_precision, value, unit)));
  };
  print(fmt::format("  {:50}{:>9} {:>9} ", "", "single", "double"));
  print(fmt::format("  {:50}{:>9} {:>9} ", "measured with a state of",
                    format_bytes(figures.single_precision.state_bytes),
                    figures.double_precision ? format_bytes(figures.double_precision->state_bytes) : "-"));
  row("one visit of the state, GB/s (read plus written)", &DeviceSpeeds::bytes_per_second, 1e9);
  row("matrices on registers, GFLOP/s", &DeviceSpeeds::flops_per_second, 1e9);
  row("handing tiles around among threads, % of a visit", &DeviceSpeeds::transposition_sweeps, 1e-2);
  row("fixed cost of a stage, µs", &DeviceSpeeds::stage_seconds, 1e-6);
  row("an operation on a tile alone, ns", &DeviceSpeeds::tile_flop_seconds, 1e-9);
  row("handing a tile alone around, µs", &DeviceSpeeds::tile_transposition_seconds, 1e-6);
  row("submitting work and waiting for it, µs", &DeviceSpeeds::trip_seconds, 1e-6);
}

void print_ending(bool recorded, const std::filesystem::path& wisdom, double seconds, const std::string& fingerprint) {
  print("~ measurements of this figure spread by more than 10%");
  print(fmt::format("{} in {:.1f} s{}", recorded ? "recorded in " + wisdom.string() : "not recorded", seconds,
                    recorded ? ", fingerprint " + fingerprint : ""));
}

}  // namespace

void write_tune_report(const TuneReport& report) {
  print(fmt::format("{}, {} cores ({})\n", report.inventory.processor, report.inventory.cores.value,
                    report.inventory.cores.source));
  print_bandwidth(report.figures);
  print_peaks(report.figures);
  print_thread_costs(report.figures);
  print_plane_visits(report.figures);
  print(fmt::format("\nprefetch distance: {}",
                    report.figures.prefetch_bytes == 0 ? "none helps" : format_bytes(report.figures.prefetch_bytes)));
  print(fmt::format("noise: one computation, repeated, spread by {:.1f}%; waited {:.1f}%, stolen {:.1f}% of the time",
                    100 * report.noise.control_spread, 100 * report.noise.waited_share,
                    100 * report.noise.stolen_share));
  print_ending(report.recorded, report.wisdom, report.seconds, report.fingerprint);
}

void write_tune_report(const DeviceTuneReport& report) {
  print(fmt::format("{}, {}\n", report.device, report.driver));
  print_speeds(report.figures);
  print_ending(report.recorded, report.wisdom, report.seconds, report.fingerprint);
}

}  // namespace basalt::cli
