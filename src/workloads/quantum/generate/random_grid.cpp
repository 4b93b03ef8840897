// Random circuits as experiments on quantum supremacy run them (Arute et al., Nature 574, 2019): layers of random
// one-qubit gates, none repeated on a qubit, between layers of two-qubit gates that take turns over the grid.
#include <array>
#include <vector>

#include "workloads/quantum/generate/families.h"
#include "workloads/quantum/generate/grid.h"

namespace basalt::quantum {
namespace {

constexpr int kCycles = 14;

enum class Root : std::uint8_t { x, y, w };
constexpr std::uint32_t kRoots = 3;

void write_root(QasmWriter& circuit, Root root, std::uint32_t qubit) {
  switch (root) {
    case Root::x:
      return circuit.turn("rx", 1, 1, {qubit});
    case Root::y:
      return circuit.turn("ry", 1, 1, {qubit});
    case Root::w:  // W = (X + Y)/√2
      return circuit.gate("u3", {kPi / 2, -kPi / 4, kPi / 4}, {qubit});
  }
}

/// Each qubit's gate of a cycle, drawn among those that it did not have in the cycle before.
class RootLayers {
 public:
  explicit RootLayers(std::uint32_t qubits) : last_(qubits, kRoots) {}

  void write(QasmWriter& circuit, Draws& draws) {
    for (std::uint32_t qubit = 0; qubit < last_.size(); ++qubit) {
      std::uint32_t& last = last_[qubit];
      last = last == kRoots ? draws.below(kRoots) : (last + 1 + draws.below(kRoots - 1)) % kRoots;
      write_root(circuit, static_cast<Root>(last), qubit);
    }
  }

 private:
  std::vector<std::uint32_t> last_;  ///< kRoots: none yet.
};

}  // namespace

void write_random_grid(QasmWriter& circuit, Draws& draws) {
  const Grid grid(circuit.qubits());
  const std::array<std::vector<QubitPair>, 4> patterns{grid.vertical(0), grid.vertical(1), grid.horizontal(1),
                                                       grid.horizontal(0)};
  constexpr std::array<std::size_t, 8> kOrder{0, 1, 2, 3, 2, 3, 0, 1};
  RootLayers roots(circuit.qubits());
  for (std::size_t cycle = 0; cycle < kCycles; ++cycle) {
    roots.write(circuit, draws);
    for (const auto& [a, b] : patterns[kOrder[cycle % kOrder.size()]]) {
      circuit.gate("cz", {a, b});
    }
  }
  roots.write(circuit, draws);
}

}  // namespace basalt::quantum
