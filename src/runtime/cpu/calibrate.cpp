#include "runtime/cpu/calibrate.h"

#include <fmt/format.h>

#include "base/now_utc.h"
#include "runtime/cpu/bandwidth.h"
#include "runtime/cpu/instruction_set.h"
#include "runtime/cpu/peak_kernel.h"
#include "runtime/cpu/thread_cost.h"

namespace basalt {
namespace {

/// Operations of one sample on one thread: about half a millisecond.
constexpr double kPeakFlops = 6e7;

Measured measure_peak(const InstructionSet& set, RealType type, const Arena& arena, CalibrationRun& run) {
  const auto threads = static_cast<std::uint64_t>(arena.threads());
  return run.measure([&] {
    const double seconds = seconds_of([&] {
      arena.for_each(threads, run.cancel(), [&](std::uint64_t) { run_multiply_adds(set.target, type, kPeakFlops); });
    });
    return kPeakFlops * static_cast<double>(threads) / seconds;
  });
}

ArithmeticPeak measure_peaks(const InstructionSet& set, const Arena& arena, CalibrationRun& run) {
  run.begin(fmt::format("arithmetic with {}, threads: {}", set.name, arena.threads()));
  return {.instruction_set = set.name,
          .threads = arena.threads(),
          .f32 = measure_peak(set, RealType::f32, arena, run),
          .f64 = measure_peak(set, RealType::f64, arena, run)};
}

}  // namespace

std::vector<int> thread_counts(int most) {
  std::vector<int> counts;
  for (int count = 1; count < most; count *= 2) {
    counts.push_back(count);
  }
  counts.push_back(std::max(most, 1));
  return counts;
}

void CalibrationRun::begin(const std::string& what) {
  settings_.cancel.check();
  control_.sample(settings_.cancel);
  if (settings_.on_progress) {
    settings_.on_progress(std::min(1.0, static_cast<double>(done_) / figures_), what);
  }
}

Calibration calibrate(const Inventory& inventory, const CalibrationSettings& settings) {
  const auto cores = static_cast<int>(inventory.cores.value);
  const Arena one(1);
  const Arena all(cores);
  const std::vector<InstructionSet> sets = instruction_sets();
  Control control(all, sets.front().target);
  const int peaks = 2 * static_cast<int>(sets.size() + (cores > 1 ? 1 : 0));
  CalibrationRun run(settings, control,
                     peaks + count_memory_figures(inventory) + count_thread_figures(cores) + settings.more_figures);

  Calibration result;
  result.figures.measured_at = now_utc();
  for (const InstructionSet& set : sets) {
    result.figures.peaks.push_back(measure_peaks(set, one, run));
  }
  if (cores > 1) {
    result.figures.peaks.push_back(measure_peaks(sets.front(), all, run));
  }
  result.figures.thread_costs = measure_thread_costs(cores, run);
  MemoryFigures memory = measure_memory(inventory, run);
  result.figures.bandwidth = std::move(memory.bandwidth);
  result.figures.prefetch_bytes = memory.prefetch_bytes;
  if (settings.measure_more) {
    settings.measure_more(run, result.figures);
  }
  run.begin("done");
  result.noise = control.noise();
  return result;
}

}  // namespace basalt
