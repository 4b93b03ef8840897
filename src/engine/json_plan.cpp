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

Json choice_json(const BackendChoice& choice) {
  Json candidates = Json::array();
  for (const Candidate& candidate : choice.candidates) {
    Json entry = {{"name", candidate.name}, {"backend", candidate.backend == Backend::cpu ? "cpu" : "vulkan"}};
    if (candidate.backend == Backend::vulkan) {
      entry["device"] = candidate.device;
    }
    if (candidate.rejection.empty()) {
      entry.update({{"start_seconds", candidate.start_seconds},
                    {"stage_seconds", candidate.stage_seconds},
                    {"seconds", candidate.seconds()},
                    {"source", candidate.source}});
    } else {
      entry["rejection"] = candidate.rejection;
    }
    candidates.push_back(std::move(entry));
  }
  return {{"candidates", candidates}, {"winner", choice.candidates[choice.winner].name}, {"reason", choice.reason}};
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
                   {"precision", report.precision == Precision::single_precision ? "single" : "double"}};
  if (report.backend == Backend::cpu) {
    document["backend"] = "cpu";
    document["threads"] = report.threads;
    document["instruction_set"] = report.instruction_set;
  } else {
    document["backend"] = "vulkan";
    document["device"] = {{"name", report.device}, {"driver", report.driver}};
  }
  if (!report.backend_choice.candidates.empty()) {
    document["choice"] = choice_json(report.backend_choice);
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
