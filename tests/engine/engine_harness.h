// Short ways to run programs through the engine in tests.
#pragma once

#include <unistd.h>

#include <complex>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "basalt/engine.h"

namespace basalt {

inline Request request_for(std::string text, std::uint64_t shots = 1000, std::uint64_t seed = 7) {
  Request request;
  request.source = {.name = "test.qasm", .text = std::move(text), .folder = std::nullopt};
  request.shots = shots;
  request.seed = seed;
  return request;
}

/// The program after the header and the gates of OpenQASM 3.
inline std::string qasm3(const std::string& body) {
  return "OPENQASM 3.1;\ninclude \"stdgates.inc\";\n" + body;
}

inline std::map<std::string, std::uint64_t> counts_of(const Report& report) {
  return {report.counts.begin(), report.counts.end()};
}

/// Runs with a state file and reads it back.
inline std::vector<std::complex<double>> final_state(Request request) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("basalt_state_" + std::to_string(getpid()) + ".npy");
  request.save_state = path.string();
  run(request);
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  std::filesystem::remove(path);
  const std::size_t header = 10 + static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]);
  const bool narrow = bytes.find("<c8") != std::string::npos;
  std::vector<std::complex<double>> state((bytes.size() - header) / (narrow ? 8 : 16));
  for (std::size_t i = 0; i < state.size(); ++i) {
    if (narrow) {
      std::complex<float> amplitude;
      std::memcpy(&amplitude, bytes.data() + header + 8 * i, 8);
      state[i] = amplitude;
    } else {
      std::memcpy(&state[i], bytes.data() + header + 16 * i, 16);
    }
  }
  return state;
}

}  // namespace basalt
