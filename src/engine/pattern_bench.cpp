// Runs the rows of the benchmark of patterns one after the other on one engine, and takes medians.
#include "basalt/pattern_bench.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "basalt/engine.h"
#include "base/median.h"
#include "runtime/cpu/sweep.h"

namespace basalt {
namespace {

/// A first run tells how long a step takes.
constexpr std::uint64_t kTrialSteps = 16;

template <typename Figure>
double median_of_runs(const std::vector<PatternReport>& reports, Figure figure) {
  std::vector<double> values;
  std::transform(reports.begin(), reports.end(), std::back_inserter(values), figure);
  return median_of(std::move(values));
}

double cells_of(const std::vector<std::uint64_t>& size) {
  double cells = 1;
  for (const std::uint64_t each : size) {
    cells *= static_cast<double>(each);
  }
  return cells;
}

class PatternBench {
 public:
  PatternBench(const PatternBenchSettings& settings, const PatternBenchHooks& hooks)
      : settings_(settings), hooks_(hooks), inventory_(engine_.inventory()) {}

  PatternBenchReport operator()() {
    report_.processor = inventory_.processor;
    report_.instruction_set = simd_target();
    report_.cores = inventory_.cores.value;
    const std::vector<Job> jobs = list_jobs();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (hooks_.on_start) {
        hooks_.on_start(i, jobs.size(), fmt::format("{} {}", jobs[i].row.model, fmt::join(jobs[i].row.size, "x")));
      }
      report_.rows.push_back(run_row(jobs[i]));
      if (hooks_.on_row) {
        hooks_.on_row(report_.rows.back());
      }
    }
    return std::move(report_);
  }

 private:
  struct Job {
    PatternBenchRow row;
    std::optional<int> steps_per_visit;
  };

  [[nodiscard]] std::vector<Job> list_jobs() const {
    std::vector<int> threads;
    for (const int asked : settings_.threads) {
      const int count = asked == 0 ? static_cast<int>(inventory_.cores.value) : asked;
      if (std::find(threads.begin(), threads.end(), count) == threads.end()) {
        threads.push_back(count);
      }
    }
    std::vector<Job> jobs;
    for (const std::string& model : settings_.models) {
      for (const std::vector<std::uint64_t>& size : settings_.sizes) {
        for (const Precision precision : settings_.precisions) {
          for (const int count : threads) {
            const std::size_t ways = size.size() == 2 ? settings_.steps_per_visit.size() : 1;
            for (std::size_t way = 0; way < ways; ++way) {
              jobs.push_back(
                  {.row = {.model = model, .size = size, .precision = precision, .threads = count, .skipped = {}},
                   .steps_per_visit = settings_.steps_per_visit[way]});
            }
          }
        }
      }
    }
    return jobs;
  }

  PatternBenchRow run_row(const Job& job) {
    PatternBenchRow row = job.row;
    PatternRequest request;
    request.model = row.model;
    request.size = row.size;
    request.precision = row.precision;
    request.backend = Backend::cpu;
    request.threads = row.threads;
    request.steps_per_visit = job.steps_per_visit;
    request.seed = 1;
    try {
      fill(row, run_repeatedly(request));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::out_of_resources) {
        throw;
      }
      row.skipped = error.message();
    }
    return row;
  }

  std::vector<PatternReport> run_repeatedly(PatternRequest& request) {
    request.steps = kTrialSteps;
    const double trial = run(request).timing.execute / static_cast<double>(kTrialSteps);
    const double steps = std::ceil(settings_.seconds_per_run / std::max(trial, 1e-9) / kTrialSteps);
    request.steps = kTrialSteps * static_cast<std::uint64_t>(std::clamp(steps, 1.0, 1e6));
    std::vector<PatternReport> reports;
    double seconds = 0;
    do {
      reports.push_back(run(request));
      seconds += reports.back().timing.total;
    } while (static_cast<int>(reports.size()) < settings_.repeats && seconds < settings_.seconds_per_row);
    return reports;
  }

  PatternReport run(const PatternRequest& request) {
    PatternReport report =
        engine_.run_pattern(request, PatternHooks{.cancel = hooks_.cancel, .on_progress = {}, .on_wait = {}});
    for (const std::string& note : report.notes) {
      if (std::find(report_.notes.begin(), report_.notes.end(), note) == report_.notes.end()) {
        report_.notes.push_back(note);
      }
    }
    return report;
  }

  static void fill(PatternBenchRow& row, const std::vector<PatternReport>& reports) {
    const PatternReport& last = reports.back();
    const double steps = static_cast<double>(last.steps);
    row.steps_per_visit = last.steps_per_visit;
    row.threads = last.threads;
    row.runs = static_cast<int>(reports.size());
    row.steps = last.steps;
    row.seconds = median_of_runs(reports, [](const PatternReport& report) { return report.timing.execute; });
    row.sweep_seconds = median_of_runs(reports, [](const PatternReport& report) { return report.sweep_seconds; });
    row.steps_per_sweep =
        median_of_runs(reports, [&](const PatternReport& report) { return steps / report.sweep_equivalents; });
    row.cells_per_second = cells_of(row.size) * steps / row.seconds;
    row.bytes_per_second = last.bytes_moved / row.seconds;
  }

  const PatternBenchSettings& settings_;
  const PatternBenchHooks& hooks_;
  Engine engine_;
  Inventory inventory_;
  PatternBenchReport report_;
};

}  // namespace

PatternBenchReport bench_patterns(const PatternBenchSettings& settings, const PatternBenchHooks& hooks) {
  return PatternBench(settings, hooks)();
}

}  // namespace basalt
