// Runs the rows of the benchmark one after the other on one engine, and takes medians.
#include "basalt/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <optional>

#include "basalt/engine.h"
#include "basalt/gpu.h"
#include "base/median.h"
#include "base/stopwatch.h"
#include "engine/device_job.h"
#include "engine/memory_budget.h"
#include "engine/roofline.h"
#include "runtime/cpu/sweep.h"
#include "runtime/vulkan/instance.h"

namespace basalt {
namespace {

/// Short runs are repeated beyond what was asked for, until a row has taken so long or has so many.
constexpr double kLeastRowSeconds = 0.05;
constexpr int kMostRuns = 1000;

template <typename Figure>
double median_of_runs(const std::vector<Report>& reports, Figure figure) {
  std::vector<double> values;
  std::transform(reports.begin(), reports.end(), std::back_inserter(values), figure);
  return median_of(std::move(values));
}

class Bench {
 public:
  Bench(const BenchSettings& settings, const BenchHooks& hooks)
      : settings_(settings),
        hooks_(hooks),
        cancel_(hooks.cancel != nullptr ? *hooks.cancel : never_),
        inventory_(engine_.inventory()) {
    if (on_device()) {
      name_devices();
    } else {
      roofline_.emplace(inventory_, simd_target(), cancel_);
    }
  }

  BenchReport operator()() {
    BenchReport report{.processor = inventory_.processor,
                       .instruction_set = simd_target(),
                       .cores = inventory_.cores.value,
                       .peak_source = roofline_ ? roofline_->source() : "",
                       .device = device_,
                       .driver = driver_,
                       .rows = {},
                       .notes = {}};
    const std::vector<int> thread_counts = resolve_threads();
    const std::size_t count = settings_.circuits.size() * settings_.precisions.size() * thread_counts.size();
    for (const BenchCircuit& circuit : settings_.circuits) {
      const std::shared_ptr<const PreparedProgram> program = prepare(circuit.source, &cancel_);
      for (const Precision precision : settings_.precisions) {
        for (const int threads : thread_counts) {
          BenchRow row{.family = circuit.family,
                       .qubits = circuit.qubits,
                       .precision = precision,
                       .threads = threads,
                       .skipped = {}};
          announce(row, report.rows.size(), count);
          run_row(row, circuit, program);
          report.rows.push_back(row);
          if (hooks_.on_row) {
            hooks_.on_row(row);
          }
        }
      }
    }
    report.notes = notes_;
    return report;
  }

 private:
  [[nodiscard]] bool on_device() const noexcept { return settings_.backend == Backend::vulkan; }

  void name_devices() {
    std::vector<std::string> names;
    for (const std::string& name : device_names(settings_.device)) {
      const vulkan::DeviceProperties& properties = vulkan::Instance::get().find(name).properties;
      driver_ = names.empty() ? vulkan::driver_text(properties) : driver_;
      names.push_back(properties.name);
    }
    device_ = join_device_names(names);
  }

  [[nodiscard]] std::vector<int> resolve_threads() const {
    std::vector<int> counts;
    for (const int asked : settings_.threads) {
      const int count = asked == 0 ? static_cast<int>(inventory_.cores.value) : asked;
      if (std::find(counts.begin(), counts.end(), count) == counts.end()) {
        counts.push_back(count);
      }
    }
    return counts;
  }

  void announce(const BenchRow& row, std::size_t index, std::size_t count) const {
    if (hooks_.on_start) {
      hooks_.on_start(index, count,
                      fmt::format("{} {} {} {} thread{}", row.family, row.qubits,
                                  row.precision == Precision::single_precision ? "single" : "double", row.threads,
                                  row.threads == 1 ? "" : "s"));
    }
  }

  void run_row(BenchRow& row, const BenchCircuit& circuit, const std::shared_ptr<const PreparedProgram>& program) {
    Request request;
    request.source.name = circuit.source.name;
    request.prepared = program;
    request.precision = row.precision;
    request.threads = row.threads;
    request.backend = settings_.backend;
    request.device = settings_.device;
    request.seed = 1;
    request.shots = 1;
    request.top = 1;  // needs every amplitude: nothing of the circuit can be left out
    try {
      fill(row, run_repeatedly(request));
    } catch (const Error& error) {
      const bool lacks_numbers = on_device() && error.code() == ErrorCode::unsupported;
      if (error.code() != ErrorCode::out_of_resources && !lacks_numbers) {
        throw;
      }
      row.skipped = error.message();
    }
  }

  std::vector<Report> run_repeatedly(const Request& request) {
    std::vector<Report> reports;
    const Stopwatch watch;
    const auto wants_more = [&] {
      const int runs = static_cast<int>(reports.size());
      return runs < settings_.repeats ? watch.seconds() < settings_.seconds_per_row
                                      : watch.seconds() < kLeastRowSeconds && runs < kMostRuns;
    };
    do {
      reports.push_back(engine_.run(request, {.cancel = &cancel_, .on_progress = {}}));
      note(reports.back().notes);
    } while (wants_more());
    return reports;
  }

  /// Each run says the same: once is enough.
  void note(const std::vector<std::string>& notes) {
    for (const std::string& text : notes) {
      if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) {
        notes_.push_back(text);
      }
    }
  }

  void fill(BenchRow& row, const std::vector<Report>& reports) const {
    const Report& last = reports.back();
    row.qubits = last.qubits;
    row.gates = last.gates;
    row.runs = static_cast<int>(reports.size());
    row.seconds = median_of_runs(reports, [](const Report& report) { return report.timing.execute; });
    row.plan_seconds = reports.front().timing.plan;  // the others find what the first made
    row.total_seconds = median_of_runs(reports, [](const Report& report) { return report.timing.total; });
    row.sweep_seconds = median_of_runs(reports, [](const Report& report) { return report.sweep_seconds; });
    row.sweep_equivalents = median_of_runs(reports, [](const Report& report) { return report.sweep_equivalents; });
    row.predicted_seconds = median_of_runs(reports, [](const Report& report) { return report.predicted_seconds; });
    row.stages = last.sweeps;
    row.bytes_moved = last.bytes_moved;
    const double amplitudes = std::ldexp(1.0, static_cast<int>(last.qubits));
    row.flops_per_amplitude = last.predicted_flops / amplitudes;
    if (roofline_ && last.predicted_flops > 0 && row.seconds > 0) {
      const double state_bytes = amplitudes * static_cast<double>(element_bytes(element_type_of(row.precision)));
      row.roofline_fraction = roofline_->least_seconds(row.bytes_moved, 2 * state_bytes / row.sweep_seconds,
                                                       last.predicted_flops, row.precision, row.threads) /
                              row.seconds;
    }
  }

  const BenchSettings& settings_;
  const BenchHooks& hooks_;
  const CancelToken never_;
  const CancelToken& cancel_;
  /// What does not fit in memory is skipped: on disk it would be the disk that is measured.
  Engine engine_{
      {.threads = 0, .memory_limit_bytes = std::nullopt, .spill_limit_bytes = std::uint64_t{0}, .ledger = {}}};
  Inventory inventory_;
  std::string device_;                ///< Empty: the rows run on the processor.
  std::string driver_;                ///< Of the first device.
  std::optional<Roofline> roofline_;  ///< Of the processor.
  std::vector<std::string> notes_;
};

}  // namespace

BenchReport bench(const BenchSettings& settings, const BenchHooks& hooks) {
  return Bench(settings, hooks)();
}

}  // namespace basalt
