#include "engine/run_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "basalt/error.h"
#include "engine/device_figures.h"
#include "plan/wisdom.h"

namespace basalt {
namespace {

/// A choice is between the processor and devices, which take longer than this to start.
constexpr double kWorthAsking = 5e-3;
/// Below this, writing takes a part of the run that would be noticed.
constexpr double kWorthRecording = 0.1;

/// By kernel id.
using StepCounts = std::map<std::string_view, std::uint64_t>;

/// The first by name where there are several.
std::string_view most_frequent(const StepCounts& counts) {
  const auto most = std::ranges::max_element(counts, {}, [](const auto& count) { return count.second; });
  return most == counts.end() ? std::string_view() : most->first;
}

const char* name_of(ElementType type) {
  return type == ElementType::c64 ? "c64" : "c128";
}

bool is_like_others(const Job& job) {
  const Report& report = job.report;
  return report.method == Method::state && report.branches == 1 && !job.keeper && !job.disk && !job.streamed &&
         job.request.verify == 0 && job.devices.size() <= 1 && (report.backend == "cpu" || report.backend == "vulkan");
}

std::string kind_of(const Job& job) {
  StepCounts counts;
  for (const StageEntry& stage : job.report.stages) {
    for (const KernelCount& count : stage.kernels) {
      counts[count.kernel] += count.steps;
    }
  }
  return history_kind(name_of(job.type()), most_frequent(counts), job.qubits(),
                      job.on_device() ? 0 : job.limits.threads);
}

}  // namespace

std::optional<History> find_history(const std::string& fingerprint, const std::string& kind) {
  return Wisdom(default_wisdom_path()).find_history(fingerprint, kind).figures;
}

std::optional<History> history_of(const FindHistory& find, const std::string& fingerprint,
                                  const PlannedCircuit& planned, ElementType type, int qubits, int threads) {
  if (planned.plan.predicted_seconds < kWorthAsking) {
    return std::nullopt;
  }
  StepCounts counts;
  for (const Step& step : planned.lowered.program.steps) {
    ++counts[step.kernel];
  }
  std::optional<History> history =
      find(fingerprint, history_kind(name_of(type), most_frequent(counts), qubits, threads));
  return history && history->counts() ? history : std::nullopt;
}

void correct(Candidate& candidate, const std::optional<History>& history) {
  if (!history) {
    return;
  }
  candidate.correction = history->correction;
  candidate.samples = history->samples();
  candidate.stage_seconds *= history->correction;
  candidate.source = fmt::format(
      "history n={}: {} what was predicted; {}", history->samples(),
      history->correction == 1 ? "as long as" : fmt::format("{:.3g} times", history->correction), candidate.source);
}

void record_history(Job& job) {
  const Report& report = job.report;
  if (!job.resources.records_history() || report.timing.execute < kWorthRecording || report.predicted_seconds <= 0 ||
      !is_like_others(job)) {
    return;
  }
  const std::filesystem::path path = default_wisdom_path();
  if (path.empty()) {
    return;  // there is no place for it, and none was asked for
  }
  try {
    const std::string fingerprint =
        job.on_device() ? fingerprint_of(job.devices.front()->device->properties()) : job.resources.fingerprint();
    Wisdom(path).add_to_history(fingerprint, kind_of(job), report.timing.execute / report.predicted_seconds);
  } catch (const Error& error) {
    job.report.notes.push_back(
        fmt::format("what this run took is not recorded: {}; BASALT_HISTORY=off records nothing", error.message()));
  }
}

}  // namespace basalt
