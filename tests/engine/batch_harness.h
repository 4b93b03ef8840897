// Batches in tests: a folder to work in, and results without what differs from run to run.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "basalt/batch.h"
#include "engine_harness.h"

namespace basalt {

using Json = nlohmann::json;

class BatchFolder {
 public:
  BatchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "basalt_batch_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~BatchFolder() { std::filesystem::remove_all(folder_); }
  BatchFolder(const BatchFolder&) = delete;
  BatchFolder& operator=(const BatchFolder&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream stream(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::filesystem::path folder_;
};

/// What a result says of the job, without times, attempts and what was free at the moment.
inline Json lasting(const std::string& line) {
  Json result = Json::parse(line);
  for (const char* key : {"seconds", "attempts"}) {
    result.erase(key);
  }
  if (result.contains("report")) {
    for (const char* key : {"timing_seconds", "sweep_seconds", "sweep_equivalents", "threads", "usage"}) {
      result["report"].erase(key);
    }
    result["report"].erase("memory");
  }
  return result;
}

/// Lasting results by index; every index once.
inline std::map<std::uint64_t, std::string> results_of(const std::string& lines) {
  std::map<std::uint64_t, std::string> results;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    const Json result = lasting(line);
    if (!results.emplace(result["index"].get<std::uint64_t>(), result.dump()).second) {
      throw std::runtime_error("a job has two results: " + line);
    }
  }
  return results;
}

}  // namespace basalt
