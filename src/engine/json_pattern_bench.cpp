// The JSON of the benchmark of patterns.
#include "basalt/version.h"
#include "engine/json_text.h"

namespace basalt {
namespace {

Json row_json(const PatternBenchRow& row) {
  Json entry = {{"model", row.model},
                {"size", row.size},
                {"precision", row.precision == Precision::single_precision ? "single" : "double"},
                {"threads", row.threads}};
  if (!row.skipped.empty()) {
    entry["skipped"] = row.skipped;
    return entry;
  }
  entry["steps_per_visit"] = row.steps_per_visit;
  entry["runs"] = row.runs;
  entry["steps"] = row.steps;
  entry["seconds"] = row.seconds;
  entry["cells_per_second"] = row.cells_per_second;
  entry["sweep_seconds"] = row.sweep_seconds;
  entry["steps_per_sweep"] = row.steps_per_sweep;
  entry["bytes_per_second"] = row.bytes_per_second;
  return entry;
}

}  // namespace

std::string json_of(const PatternBenchReport& report, JsonStyle style) {
  Json rows = Json::array();
  for (const PatternBenchRow& row : report.rows) {
    rows.push_back(row_json(row));
  }
  return text_of(
      {{"workload", "patterns"},
       {"backend", "cpu"},
       {"machine",
        {{"processor", report.processor}, {"instruction_set", report.instruction_set}, {"cores", report.cores}}},
       {"rows", rows},
       {"notes", report.notes},
       {"version", BASALT_VERSION}},
      style);
}

}  // namespace basalt
