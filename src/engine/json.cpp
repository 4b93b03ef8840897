#include "basalt/json.h"

#include <ostream>
#include <sstream>
#include <utility>

#include "basalt/version.h"
#include "engine/json_text.h"

namespace basalt {
namespace {

/// Opens the document with its counts. The keys are bits and blanks, so nothing needs escaping.
void write_counts(std::ostream& out, const Report& report, JsonStyle style) {
  const bool indented = style == JsonStyle::indented;
  out << (indented ? "{\n  \"counts\": {" : "{\"counts\":{");
  const char* separator = indented ? "\n    \"" : "\"";
  for (const auto& [bits, count] : report.counts) {
    out << separator << bits << (indented ? "\": " : "\":") << count;
    separator = indented ? ",\n    \"" : ",\"";
  }
  out << (!indented ? "}," : report.counts.empty() ? "},\n" : "\n  },\n");
}

/// Probabilities by bit string of the qubits asked for: the first of them rightmost.
Json probabilities_json(const Report& report) {
  Json result = Json::object();
  const std::size_t width = report.probability_qubits.size();
  for (std::size_t value = 0; value < report.probabilities.size(); ++value) {
    std::string bits(width, '0');
    for (std::size_t j = 0; j < width; ++j) {
      bits[width - 1 - j] = static_cast<char>('0' + ((value >> j) & 1));
    }
    result[bits] = report.probabilities[value];
  }
  return result;
}

Json top_json(const Report& report) {
  Json result = Json::array();
  for (const TopEntry& entry : report.top) {
    result.push_back({{"bits", entry.bits},
                      {"probability", entry.probability},
                      {"amplitude", {entry.amplitude.real(), entry.amplitude.imag()}}});
  }
  return result;
}

/// Everything but the counts.
Json results_json(const Report& report) {
  Json document = Json::object();
  if (!report.outputs.empty()) {
    document["outputs"] = report.outputs;
  }
  document["expectation_values"] = Json::object();
  for (const auto& [name, value] : report.expectation_values) {
    document["expectation_values"][name] = value;
  }
  document["probabilities"] = probabilities_json(report);
  document["probability_qubits"] = report.probability_qubits;
  document["top"] = top_json(report);
  if (!report.saved_state.empty()) {
    document["saved_state"] = report.saved_state;
  }
  document["qubits"] = report.qubits;
  document["gates"] = report.gates;
  document["shots"] = report.shots;
  document["branches"] = report.branches;
  document["precision"] = report.precision == Precision::single_precision ? "single" : "double";
  document["method"] = name_of(report.method);
  document["method_reason"] = report.method_reason;
  if (!report.parts.empty()) {
    document["parts"] = parts_json(report.parts);
  }
  if (report.method == Method::live) {
    document["live_qubits"] = report.live_qubits;
  }
  document["backend"] = report.backend;
  if (report.ladder) {
    document["ladder"] = ladder_json(*report.ladder);
  }
  if (!report.choice.empty()) {
    document["choice"] = report.choice;
  }
  for (const DeviceReport& device : report.devices) {
    document["devices"].push_back(device_json(device));
  }
  if (report.verify) {
    document["verify"] = {{"tiles", report.verify->tiles},
                          {"largest_difference", report.verify->largest_difference},
                          {"tolerance", report.verify->tolerance}};
  }
  if (report.checkpoints) {
    document["checkpoints"] = checkpoints_json(*report.checkpoints);
  }
  document["instruction_set"] = report.instruction_set;
  document["threads"] = report.threads;
  document["seed"] = report.seed;
  if (report.fidelity_bound) {
    document["fidelity_bound"] = *report.fidelity_bound;
  }
  document["norm"] = report.norm;
  document["memory"] = memory_json(report.memory);
  document["timing_seconds"] = timing_json(report.timing);
  document["usage"] = usage_json(report.usage);
  document["sweeps"] = report.sweeps;
  document["sweep_seconds"] = report.sweep_seconds;
  document["sweep_equivalents"] = report.sweep_equivalents;
  document["bytes_moved"] = report.bytes_moved;
  document["predicted_seconds"] = report.predicted_seconds;
  document["predicted_flops"] = report.predicted_flops;
  document["passes"] = passes_json(report.passes);
  document["stages"] = stages_json(report.stages);
  document["notes"] = report.notes;
  document["version"] = BASALT_VERSION;
  return document;
}

}  // namespace

void write_json(std::ostream& out, const Report& report, JsonStyle style) {
  write_counts(out, report, style);
  // The counts opened the object: the rest follows in it.
  out << text_of(results_json(report), style).substr(style == JsonStyle::indented ? 2 : 1);
}

std::string json_of(const Report& report, JsonStyle style) {
  std::ostringstream out;
  write_json(out, report, style);
  return std::move(out).str();
}

std::string json_of(const Error& error, JsonStyle style) {
  Json detail = {{"code", name_of(error.code())}, {"message", error.message()}, {"advice", error.advice()}};
  if (!error.where().file.empty()) {
    detail["file"] = error.where().file;
    detail["line"] = error.where().line;
    detail["column"] = error.where().column;
  }
  return text_of({{"error", detail}}, style);
}

std::string json_of(const std::string& file, const CheckResult& result, JsonStyle style) {
  return text_of({{"file", file},
                  {"ok", true},
                  {"language", result.language},
                  {"qubits", result.qubits},
                  {"inputs", result.inputs},
                  {"notes", result.notes}},
                 style);
}

}  // namespace basalt
