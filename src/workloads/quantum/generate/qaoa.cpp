// QAOA for the largest cut of a random graph (Farhi, Goldstone and Gutmann, arXiv:1411.4028).
#include <algorithm>
#include <set>
#include <vector>

#include "workloads/quantum/generate/families.h"
#include "workloads/quantum/generate/grid.h"

namespace basalt::quantum {
namespace {

constexpr int kLayers = 3;
constexpr std::uint32_t kDegree = 3;

/// Every vertex has three edges (one vertex two, where there is an odd number of them): ends are paired at random until
/// no edge joins a vertex to itself or comes twice.
std::vector<QubitPair> draw_regular_graph(std::uint32_t vertices, Draws& draws) {
  std::vector<std::uint32_t> ends;
  for (std::uint32_t vertex = 0; vertex < vertices; ++vertex) {
    ends.insert(ends.end(), kDegree, vertex);
  }
  if (ends.size() % 2 != 0) {
    ends.pop_back();
  }
  while (true) {
    draws.shuffle(ends);
    std::set<QubitPair> edges;
    for (std::size_t i = 0; i < ends.size(); i += 2) {
      if (ends[i] != ends[i + 1]) {
        edges.insert(std::minmax(ends[i], ends[i + 1]));
      }
    }
    if (2 * edges.size() == ends.size()) {
      return {edges.begin(), edges.end()};
    }
  }
}

}  // namespace

void write_qaoa(QasmWriter& circuit, Draws& draws) {
  const std::vector<QubitPair> edges = draw_regular_graph(circuit.qubits(), draws);
  for (std::uint32_t qubit = 0; qubit < circuit.qubits(); ++qubit) {
    circuit.gate("h", {qubit});
  }
  for (int layer = 0; layer < kLayers; ++layer) {
    const double cost_angle = kPi * draws.uniform();
    const double mixer_angle = kPi * draws.uniform();
    for (const auto& [a, b] : edges) {
      circuit.gate("cx", {a, b});
      circuit.gate("rz", {cost_angle}, {b});
      circuit.gate("cx", {a, b});
    }
    for (std::uint32_t qubit = 0; qubit < circuit.qubits(); ++qubit) {
      circuit.gate("rx", {mixer_angle}, {qubit});
    }
  }
}

}  // namespace basalt::quantum
