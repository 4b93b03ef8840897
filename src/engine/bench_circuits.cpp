// The circuits that the benchmark generates, in memory and as files for other simulators.
#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "basalt/bench.h"
#include "base/atomic_file.h"
#include "workloads/quantum/generate/generate.h"

namespace basalt {

std::vector<BenchFamily> bench_families() {
  std::vector<BenchFamily> families;
  for (const quantum::CircuitFamily& family : quantum::circuit_families()) {
    families.push_back({.name = std::string(family.name), .description = std::string(family.description)});
  }
  return families;
}

std::vector<std::uint32_t> bench_qubits(BenchSet set) {
  return set == BenchSet::quick ? std::vector<std::uint32_t>{10, 16, 20}
                                : std::vector<std::uint32_t>{10, 16, 20, 24, 26, 28};
}

std::vector<BenchCircuit> generate_bench_circuits(const std::vector<std::string>& families,
                                                  const std::vector<std::uint32_t>& qubits, std::uint64_t seed) {
  std::vector<BenchCircuit> circuits;
  for (const std::string& family : families) {
    for (const std::uint32_t width : qubits) {
      circuits.push_back({.family = family,
                          .qubits = width,
                          .source = {.name = fmt::format("{}_{}.qasm", family, width),
                                     .text = quantum::generate_circuit(family, width, seed),
                                     .folder = std::nullopt}});
    }
  }
  return circuits;
}

std::vector<std::string> write_bench_circuits(const std::vector<BenchCircuit>& circuits, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw Error(ErrorCode::io, fmt::format("{} cannot be made: {}", folder, error.message()),
                "give a folder that can be written");
  }
  std::vector<std::string> paths;
  for (const BenchCircuit& circuit : circuits) {
    paths.push_back((std::filesystem::path(folder) / circuit.source.name).string());
    AtomicFile file(paths.back());
    file.write(circuit.source.text.data(), circuit.source.text.size());
    file.commit();
  }
  return paths;
}

}  // namespace basalt
