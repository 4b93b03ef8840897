#include "workloads/quantum/generate/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "basalt/error.h"
#include "base/hash.h"
#include "workloads/quantum/generate/families.h"

namespace basalt::quantum {
namespace {

constexpr std::array kFamilies{
    CircuitFamily{"qft", "quantum Fourier transform of a random product state: CP and the final swaps"},
    CircuitFamily{"qft-transpiled", "the same, each CP and SWAP written with CX and RZ"},
    CircuitFamily{"random",
                  "14 cycles on a near-square grid: random square roots of X, Y, W; CZs of one in four patterns"},
    CircuitFamily{"quantum-volume", "as many layers as qubits, each a random SU(4) on every pair of a random pairing"},
    CircuitFamily{"qaoa", "3 layers for a random 3-regular graph, terms written as CX RZ CX"},
    CircuitFamily{"heisenberg", "4 Trotter steps of a Heisenberg ring in a random field, from a random product state"},
    CircuitFamily{"ising", "5 Trotter steps of an Ising grid in a transverse field, from a random product state"},
    CircuitFamily{"ansatz", "10 layers of RY, RZ and a ring of CX"},
    CircuitFamily{"ghz", "H and a chain of CX"},
    CircuitFamily{"grover", "3 iterations, half of the qubits being helpers of the multi-controlled gates"},
    CircuitFamily{"bernstein-vazirani", "a random hidden string"},
};

// One for each of kFamilies, in its order.
constexpr std::array kWriters{
    write_qft,
    write_transpiled_qft,
    write_random_grid,
    write_quantum_volume,
    write_qaoa,
    write_heisenberg,
    write_ising,
    write_ansatz,
    write_ghz,
    write_grover,
    write_bernstein_vazirani,
};
static_assert(kFamilies.size() == kWriters.size());

std::string all_names() {
  std::string names;
  for (const CircuitFamily& family : kFamilies) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", family.name);
  }
  return names;
}

}  // namespace

std::span<const CircuitFamily> circuit_families() noexcept {
  return kFamilies;
}

std::string generate_circuit(std::string_view family, std::uint32_t qubits, std::uint64_t seed) {
  const auto* const found = std::find_if(kFamilies.begin(), kFamilies.end(),
                                         [&](const CircuitFamily& candidate) { return candidate.name == family; });
  if (found == kFamilies.end()) {
    throw Error(ErrorCode::bad_usage, fmt::format("there is no family of circuits '{}'", family),
                "families: " + all_names());
  }
  if (qubits < kFewestGeneratedQubits || qubits > kMostGeneratedQubits) {
    throw Error(ErrorCode::bad_usage, fmt::format("circuits of {} qubits are not generated", qubits),
                fmt::format("give {} to {}", kFewestGeneratedQubits, kMostGeneratedQubits));
  }
  const auto place = static_cast<std::size_t>(found - kFamilies.begin());
  QasmWriter circuit(qubits);
  Draws draws(seed, mix(place, qubits));
  kWriters[place](circuit, draws);
  return std::move(circuit).take();
}

}  // namespace basalt::quantum
