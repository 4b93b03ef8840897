#include "engine/batch/job_line.h"

#include <nlohmann/json.hpp>

#include "basalt/pattern_file.h"

namespace basalt {
namespace {

using Json = nlohmann::ordered_json;

/// What no result depends on is left out.
std::string definition_of(PatternRequest pattern) {
  pattern.threads.reset();
  pattern.memory_limit_bytes.reset();
  pattern.priority = 0;
  return write_pattern_toml(pattern);
}

Json definition_json(const BatchJob& job) {
  const Request& request = job.request;
  Json line = {{"id", job.id}};
  if (job.file.empty()) {
    line["source"] = request.source.text;
  } else {
    line["file"] = job.file;
  }
  line["shots"] = request.shots;
  if (request.seed) {
    line["seed"] = *request.seed;
  }
  line["precision"] = request.precision == Precision::single_precision ? "single" : "double";
  line["observables"] = request.observables;
  line["probabilities"] = request.probability_qubits;
  line["top"] = request.top;
  line["inputs"] = Json::object();
  for (const auto& [name, value] : request.inputs) {
    line["inputs"][name] = value;
  }
  return line;
}

std::string dump(const Json& line) {
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string definition_line(const BatchJob& job) {
  if (job.pattern) {
    return dump({{"id", job.id}, {"pattern", definition_of(*job.pattern)}});
  }
  return dump(definition_json(job));
}

std::string job_line(const BatchJob& job) {
  Json line;
  if (job.pattern) {
    line = {{"id", job.id}, {"pattern", write_pattern_toml(*job.pattern)}};
  } else {
    line = definition_json(job);
    line["threads"] = job.request.threads;
    if (job.request.memory_limit_bytes) {
      line["memory"] = *job.request.memory_limit_bytes;
    }
  }
  if (job.priority) {
    line["priority"] = *job.priority;
  }
  return dump(line);
}

}  // namespace basalt
