// Plans as JSON.
#include <bit>

#include "basalt/version.h"
#include "engine/json_text.h"

namespace basalt {
namespace {

Json axes_json(std::uint64_t axes) {
  Json list = Json::array();
  for (; axes != 0; axes &= axes - 1) {
    list.push_back(std::countr_zero(axes));
  }
  return list;
}

}  // namespace

Json passes_json(const std::vector<PassEntry>& passes) {
  Json result = Json::array();
  for (const PassEntry& pass : passes) {
    result.push_back({{"name", pass.name},
                      {"summary", pass.summary},
                      {"seconds", pass.seconds},
                      {"gates_before", pass.gates_before},
                      {"gates_after", pass.gates_after}});
  }
  return result;
}

Json stages_json(const std::vector<StageEntry>& stages) {
  Json list = Json::array();
  for (const StageEntry& stage : stages) {
    Json kernels = Json::object();
    for (const KernelCount& count : stage.kernels) {
      kernels[count.kernel] = count.steps;
    }
    Json entry = {{"tile_axes", axes_json(stage.tile_axes)},
                  {"outer_axes", axes_json(stage.outer_axes)},
                  {"pieces", stage.pieces},
                  {"kernels", kernels},
                  {"predicted_bytes", stage.predicted_bytes},
                  {"predicted_flops", stage.predicted_flops},
                  {"predicted_seconds", stage.predicted_seconds}};
    if (stage.actual_seconds > 0) {
      entry["actual_seconds"] = stage.actual_seconds;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

Json parts_json(const std::vector<PartEntry>& parts) {
  Json list = Json::array();
  for (const PartEntry& part : parts) {
    Json entry = {{"qubits", part.qubits},
                  {"gates", part.gates},
                  {"stages", part.stages},
                  {"predicted_seconds", part.predicted_seconds}};
    if (part.actual_seconds > 0) {
      entry["actual_seconds"] = part.actual_seconds;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

Json choice_json(const BackendChoice& choice) {
  Json candidates = Json::array();
  for (const Candidate& candidate : choice.candidates) {
    Json entry = {{"name", candidate.name}, {"backend", candidate.backend == Backend::cpu ? "cpu" : "vulkan"}};
    if (candidate.backend == Backend::vulkan) {
      entry["device"] = candidate.device;
    }
    if (candidate.rejection.empty()) {
      entry.update({{"start_seconds", candidate.start_seconds},
                    {"memory_seconds", candidate.memory_seconds},
                    {"stage_seconds", candidate.stage_seconds},
                    {"result_seconds", candidate.result_seconds},
                    {"seconds", candidate.seconds()},
                    {"source", candidate.source}});
      if (candidate.wait_seconds > 0) {
        entry["wait_seconds"] = candidate.wait_seconds;
      }
      if (candidate.samples > 0) {
        entry["history"] = {{"samples", candidate.samples}, {"correction", candidate.correction}};
      }
    } else {
      entry["rejection"] = candidate.rejection;
    }
    candidates.push_back(std::move(entry));
  }
  return {{"candidates", candidates}, {"winner", choice.candidates[choice.winner].name}, {"reason", choice.reason}};
}

Json ways_json(const std::vector<ProcessorWay>& ways) {
  Json list = Json::array();
  for (const ProcessorWay& way : ways) {
    Json entry = {{"name", way.name}, {"taken", way.taken}};
    if (way.predicted_seconds > 0) {
      entry["predicted_seconds"] = way.predicted_seconds;
    }
    if (!way.rejection.empty()) {
      entry["rejection"] = way.rejection;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

Json memory_json(const std::vector<MemoryStep>& steps) {
  Json list = Json::array();
  for (const MemoryStep& step : steps) {
    list.push_back({{"when", step.when},
                    {"host_bytes", step.host_bytes},
                    {"device_bytes", step.device_bytes},
                    {"disk_bytes", step.disk_bytes},
                    {"what", step.what}});
  }
  return list;
}

std::string json_of(const std::string& file, const PlanReport& report, JsonStyle style) {
  Json choices = Json::array();
  for (const LimitChoice& choice : report.choices) {
    choices.push_back({{"name", choice.name}, {"value", choice.value}, {"source", choice.source}});
  }
  Json document = {{"file", file},
                   {"qubits", report.qubits},
                   {"gates", report.gates},
                   {"steps", report.steps},
                   {"stops_at_measurement", report.stops_at_measurement},
                   {"method", name_of(report.method)},
                   {"method_reason", report.method_reason},
                   {"precision", report.precision == Precision::single_precision ? "single" : "double"}};
  if (report.backend == Backend::cpu) {
    document["backend"] = "cpu";
    document["threads"] = report.threads;
    document["instruction_set"] = report.instruction_set;
  } else {
    document["backend"] = "vulkan";
    document["device"] = {{"name", report.device}, {"driver", report.driver}};
  }
  if (report.ladder) {
    document["ladder"] = ladder_json(*report.ladder);
  }
  if (report.method == Method::parts) {
    document["parts"] = parts_json(report.parts);
  }
  if (report.method == Method::live) {
    document["live_qubits"] = report.live_qubits;
  }
  if (report.method == Method::stabilizer) {
    document["outcomes"] = report.outcomes;
  }
  if (!report.backend_choice.candidates.empty()) {
    document["choice"] = choice_json(report.backend_choice);
  }
  if (report.method == Method::state) {
    document["processor"] = ways_json(report.ways);
    document["would_change_it"] = report.changes;
    document["memory"] = memory_json(report.memory);
  }
  document.update({{"state_bytes", report.state_bytes},
                   {"passes", passes_json(report.passes)},
                   {"stages", stages_json(report.stages)},
                   {"predicted_bytes", report.predicted_bytes},
                   {"predicted_flops", report.predicted_flops},
                   {"predicted_seconds", report.predicted_seconds},
                   {"plan_seconds", report.plan_seconds},
                   {"choices", choices},
                   {"notes", report.notes},
                   {"version", BASALT_VERSION}});
  return text_of(document, style);
}

}  // namespace basalt
