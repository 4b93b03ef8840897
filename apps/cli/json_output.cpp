// JSON for programs. The keys are a contract.

#include <iostream>
#include <nlohmann/json.hpp>

#include "basalt/version.h"
#include "output.h"

namespace basalt::cli {
namespace {

using Json = nlohmann::ordered_json;

void print(const Json& document) {
  std::cout << document.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

Json limits_json(const std::vector<Limit>& limits) {
  Json result = Json::array();
  for (const Limit& limit : limits) {
    result.push_back({{"value", limit.value}, {"source", limit.source}});
  }
  return result;
}

/// Opens the document with its counts, entry by entry: as a JSON value they would take many times their own memory. The
/// keys are bits and blanks, so nothing needs escaping.
void print_counts(const Report& report) {
  std::cout << "{\n  \"counts\": {";
  const char* separator = "\n";
  for (const auto& [bits, count] : report.counts) {
    std::cout << separator << "    \"" << bits << "\": " << count;
    separator = ",\n";
  }
  std::cout << (report.counts.empty() ? "},\n" : "\n  },\n");
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

}  // namespace

void write_json_report(const Report& report) {
  print_counts(report);
  Json document;
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
  document["backend"] = report.backend;
  document["instruction_set"] = report.instruction_set;
  document["threads"] = report.threads;
  document["seed"] = report.seed;
  document["norm"] = report.norm;
  document["memory"] = {{"estimate_bytes", report.memory.estimate_bytes},
                        {"peak_bytes", report.memory.peak_bytes},
                        {"counts_bytes", report.memory.counts_bytes},
                        {"limit_bytes", report.memory.limit_bytes},
                        {"limit_source", report.memory.limit_source}};
  document["timing_seconds"] = {{"parse", report.timing.parse},       {"plan", report.timing.plan},
                                {"allocate", report.timing.allocate}, {"execute", report.timing.execute},
                                {"sample", report.timing.sample},     {"total", report.timing.total}};
  document["sweeps"] = report.sweeps;
  document["sweep_seconds"] = report.sweep_seconds;
  document["sweep_equivalents"] = report.sweep_equivalents;
  document["bytes_moved"] = report.bytes_moved;
  document["notes"] = report.notes;
  document["version"] = BASALT_VERSION;
  // The counts are printed already: the rest follows in the same object.
  std::cout << document.dump(2, ' ', false, Json::error_handler_t::replace).substr(2) << '\n';
}

void write_json_error(const Error& error) {
  Json detail = {{"code", name_of(error.code())}, {"message", error.message()}, {"advice", error.advice()}};
  if (!error.where().file.empty()) {
    detail["file"] = error.where().file;
    detail["line"] = error.where().line;
    detail["column"] = error.where().column;
  }
  print({{"error", detail}});
}

void write_json_check(const std::string& file, const CheckResult& result) {
  print({{"file", file},
         {"ok", true},
         {"language", result.language},
         {"qubits", result.qubits},
         {"inputs", result.inputs},
         {"notes", result.notes}});
}

void write_json_devices(const Devices& devices) {
  const Inventory& inventory = devices.inventory;
  Json caches = Json::array();
  for (const CacheLevel& cache : inventory.caches) {
    caches.push_back({{"level", cache.level}, {"size_bytes", cache.size_bytes}, {"shared_by", cache.shared_by}});
  }
  const Json cpu = {{"backend", "cpu"},
                    {"name", inventory.processor},
                    {"instruction_set", devices.instruction_set},
                    {"features", inventory.features},
                    {"cores", inventory.cores.value},
                    {"cores_source", inventory.cores.source},
                    {"core_limits", limits_json(inventory.core_limits)},
                    {"memory_bytes", inventory.memory_bytes.value},
                    {"memory_source", inventory.memory_bytes.source},
                    {"memory_limits", limits_json(inventory.memory_limits)},
                    {"physical_memory_bytes", inventory.physical_memory_bytes},
                    {"caches", caches},
                    {"numa_nodes", inventory.numa_nodes},
                    {"huge_page_bytes", inventory.huge_page_bytes}};
  print({{"devices", Json::array({cpu})}});
}

}  // namespace basalt::cli
