#include "runtime/metrics/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <string>

#include "basalt/error.h"

namespace basalt::metrics {
namespace {

/// More is a mistake: a name made up for each item instead of for each kind of thing.
constexpr std::size_t kMostProgramMetrics = 4096;

constinit Cell built_in_cells[] = {
#define BASALT_METRIC(id, kind, name, help) {MetricKind::kind, name, help},
#define BASALT_TIMER(id, name, help) {MetricKind::counter, name, help, 1e-9},
#include "runtime/metrics/names.def"
};

struct ProgramMetric {
  ProgramMetric(MetricKind kind, std::string_view wanted, std::string_view text)
      : name(wanted), help(text), cell{kind, name, help} {}
  std::string name;
  std::string help;
  Cell cell;
};

struct ProgramMetrics {
  std::mutex mutex;
  std::deque<ProgramMetric> all;
};

ProgramMetrics& program_metrics() {
  static auto* const instance = new ProgramMetrics;
  return *instance;
}

std::string_view name_of(MetricKind kind) {
  constexpr std::string_view kNames[] = {"counter", "gauge", "histogram"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view fault_of(MetricKind kind, std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
  };
  const auto is_allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  if (name.empty() || !is_letter(name.front()) || !std::ranges::all_of(name, is_allowed)) {
    return "use letters, digits, '_' and ':', beginning with no digit";
  }
  if (name.starts_with("basalt_")) {
    return "\"basalt_\" is kept for built-in metrics: begin with the program's own name";
  }
  if (name.ends_with("_total") != (kind == MetricKind::counter)) {
    return kind == MetricKind::counter ? "let the name of a counter end with \"_total\""
                                       : "\"_total\" is the ending of counters";
  }
  if (name.ends_with("_bucket") || name.ends_with("_sum") || name.ends_with("_count")) {
    return "\"_bucket\", \"_sum\" and \"_count\" are what Prometheus appends to histograms";
  }
  return {};
}

}  // namespace

Cell& built_in(std::size_t index) noexcept {
  return built_in_cells[index];
}

Cell& program_metric(MetricKind kind, std::string_view name, std::string_view help) {
  if (const std::string_view fault = fault_of(kind, name); !fault.empty()) {
    throw Error(ErrorCode::bad_usage, fmt::format("\"{}\" cannot be the name of a {}", name, name_of(kind)),
                std::string(fault));
  }
  ProgramMetrics& metrics = program_metrics();
  const std::scoped_lock lock(metrics.mutex);
  const auto found = std::ranges::find(metrics.all, name, &ProgramMetric::name);
  if (found == metrics.all.end()) {
    if (metrics.all.size() == kMostProgramMetrics) {
      throw Error(ErrorCode::out_of_resources,
                  fmt::format("\"{}\" is one metric more than {}", name, kMostProgramMetrics),
                  "use one metric for all things of a kind");
    }
    return metrics.all.emplace_back(kind, name, help).cell;
  }
  if (found->cell.kind != kind) {
    throw Error(
        ErrorCode::bad_usage,
        fmt::format("\"{}\" is a {} already, and cannot be a {}", name, name_of(found->cell.kind), name_of(kind)),
        "choose another name");
  }
  return found->cell;
}

}  // namespace basalt::metrics

namespace basalt {

std::vector<MetricReading> read_metrics() {
  std::vector<MetricReading> readings;
  for (const metrics::Cell& cell : metrics::built_in_cells) {
    readings.push_back(cell.read());
  }
  metrics::ProgramMetrics& program = metrics::program_metrics();
  const std::scoped_lock lock(program.mutex);
  for (const metrics::ProgramMetric& metric : program.all) {
    readings.push_back(metric.cell.read());
  }
  return readings;
}

}  // namespace basalt
