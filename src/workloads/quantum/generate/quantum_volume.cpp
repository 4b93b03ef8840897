// Quantum volume (Cross et al., Physical Review A 100, 2019): as many layers as qubits, each pairs the qubits at random
// and gives every pair a random unitary, drawn from SU(4) by the Haar measure and written with three CX.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "workloads/quantum/generate/families.h"

namespace basalt::quantum {
namespace {

/// A random element of SU(2): on the sphere, the height of a point is uniform.
void write_haar_su2(QasmWriter& circuit, Draws& draws, std::uint32_t qubit) {
  const double polar = std::acos(1 - 2 * draws.uniform());
  const double phi = 2 * kPi * draws.uniform();
  const double lambda = 2 * kPi * draws.uniform();
  circuit.gate("u3", {polar, phi, lambda}, {qubit});
}

/// a, b, c of exp(i(a·XX + b·YY + c·ZZ)), distributed as in the Cartan decomposition of a Haar-random element of SU(4):
/// with density ∏ |cos 4x − cos 4y| over the three pairs, whose maximum is 2.
std::array<double, 3> draw_interaction(Draws& draws) {
  while (true) {
    std::array<double, 3> angles{};
    std::array<double, 3> cosines{};
    for (std::size_t i = 0; i < angles.size(); ++i) {
      angles[i] = kPi / 2 * draws.uniform();
      cosines[i] = std::cos(4 * angles[i]);
    }
    const double density = std::abs((cosines[0] - cosines[1]) * (cosines[1] - cosines[2]) * (cosines[2] - cosines[0]));
    if (2 * draws.uniform() < density) {
      return angles;
    }
  }
}

/// exp(i(a·XX + b·YY + c·ZZ)) with three CX (Vatan and Williams, Physical Review A 69, 2004), up to RZ gates that stand
/// next to Haar-random ones and so leave the distribution as it is.
void write_interaction(QasmWriter& circuit, const std::array<double, 3>& angles, std::uint32_t p, std::uint32_t q) {
  circuit.gate("cx", {q, p});
  circuit.gate("rz", {kPi / 2 - 2 * angles[2]}, {p});
  circuit.gate("ry", {2 * angles[0] - kPi / 2}, {q});
  circuit.gate("cx", {p, q});
  circuit.gate("ry", {kPi / 2 - 2 * angles[1]}, {q});
  circuit.gate("cx", {q, p});
}

}  // namespace

void write_quantum_volume(QasmWriter& circuit, Draws& draws) {
  std::vector<std::uint32_t> order(circuit.qubits());
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t layer = 0; layer < circuit.qubits(); ++layer) {
    draws.shuffle(order);
    for (std::size_t i = 0; i + 1 < order.size(); i += 2) {
      const std::uint32_t p = order[i];
      const std::uint32_t q = order[i + 1];
      write_haar_su2(circuit, draws, p);
      write_haar_su2(circuit, draws, q);
      write_interaction(circuit, draw_interaction(draws), p, q);
      write_haar_su2(circuit, draws, p);
      write_haar_su2(circuit, draws, q);
    }
  }
}

}  // namespace basalt::quantum
