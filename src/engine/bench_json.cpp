// The JSON of the benchmark.
#include "basalt/version.h"
#include "engine/json_text.h"

namespace basalt {
namespace {

Json known(double value) {
  return value > 0 ? Json(value) : Json(nullptr);
}

Json row_json(const BenchRow& row) {
  Json entry = {{"family", row.family},
                {"qubits", row.qubits},
                {"precision", row.precision == Precision::single_precision ? "single" : "double"},
                {"threads", row.threads}};
  if (!row.skipped.empty()) {
    entry["skipped"] = row.skipped;
    return entry;
  }
  entry["gates"] = row.gates;
  entry["runs"] = row.runs;
  entry["seconds"] = row.seconds;
  entry["plan_seconds"] = row.plan_seconds;
  entry["total_seconds"] = row.total_seconds;
  entry["sweep_seconds"] = row.sweep_seconds;
  entry["sweep_equivalents"] = row.sweep_equivalents;
  entry["stages"] = row.stages;
  entry["bytes_moved"] = row.bytes_moved;
  entry["flops_per_amplitude"] = known(row.flops_per_amplitude);
  entry["roofline_fraction"] = known(row.roofline_fraction);
  entry["predicted_seconds"] = known(row.predicted_seconds);
  return entry;
}

}  // namespace

std::string json_of(const BenchReport& report, JsonStyle style) {
  Json rows = Json::array();
  for (const BenchRow& row : report.rows) {
    rows.push_back(row_json(row));
  }
  Json machine = {
      {"processor", report.processor}, {"instruction_set", report.instruction_set}, {"cores", report.cores}};
  if (report.device.empty()) {
    machine["peak_source"] = report.peak_source;
  } else {
    machine["device"] = report.device;
    machine["driver"] = report.driver;
  }
  return text_of({{"backend", report.device.empty() ? "cpu" : "vulkan"},
                  {"machine", machine},
                  {"rows", rows},
                  {"notes", report.notes},
                  {"version", BASALT_VERSION}},
                 style);
}

}  // namespace basalt
