// Searches of an oracle: Grover's, and Bernstein and Vazirani's.
#include <vector>

#include "workloads/quantum/generate/families.h"

namespace basalt::quantum {
namespace {

constexpr int kGroverIterations = 3;

/// Z where all of the first `width` qubits are 1. The qubits from `width` on help: each takes the conjunction of one
/// more qubit, and gives it back.
void write_controlled_z(QasmWriter& circuit, std::uint32_t width) {
  const auto conjunction = [&](std::uint32_t step) {
    const std::uint32_t before = step == 0 ? 0 : width + step - 1;
    circuit.gate("ccx", {before, step + 1, width + step});
  };
  const std::uint32_t helpers = width - 2;
  for (std::uint32_t step = 0; step < helpers; ++step) {
    conjunction(step);
  }
  circuit.gate("cz", {width + helpers - 1, width - 1});
  for (std::uint32_t step = helpers; step-- > 0;) {
    conjunction(step);
  }
}

void write_on_each(QasmWriter& circuit, const char* gate, const std::vector<std::uint32_t>& qubits) {
  for (const std::uint32_t qubit : qubits) {
    circuit.gate(gate, {qubit});
  }
}

}  // namespace

void write_grover(QasmWriter& circuit, Draws& draws) {
  write_rotations(circuit, draws);
  const std::uint32_t width = circuit.qubits() / 2 + 1;
  std::vector<std::uint32_t> searched;
  std::vector<std::uint32_t> zeros;  // of the marked string
  for (std::uint32_t qubit = 0; qubit < width; ++qubit) {
    searched.push_back(qubit);
    if (draws.below(2) == 0) {
      zeros.push_back(qubit);
    }
  }
  for (int iteration = 0; iteration < kGroverIterations; ++iteration) {
    write_on_each(circuit, "x", zeros);
    write_controlled_z(circuit, width);
    write_on_each(circuit, "x", zeros);
    write_on_each(circuit, "h", searched);
    write_on_each(circuit, "x", searched);
    write_controlled_z(circuit, width);
    write_on_each(circuit, "x", searched);
    write_on_each(circuit, "h", searched);
  }
}

void write_bernstein_vazirani(QasmWriter& circuit, Draws& draws) {
  const std::uint32_t answer = circuit.qubits() - 1;
  circuit.gate("x", {answer});
  for (std::uint32_t qubit = 0; qubit <= answer; ++qubit) {
    circuit.gate("h", {qubit});
  }
  for (std::uint32_t qubit = 0; qubit < answer; ++qubit) {
    if (draws.below(2) == 1) {
      circuit.gate("cx", {qubit, answer});
    }
  }
  for (std::uint32_t qubit = 0; qubit < answer; ++qubit) {
    circuit.gate("h", {qubit});
  }
}

}  // namespace basalt::quantum
