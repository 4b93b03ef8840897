// GateList: a circuit as the passes see it. Every gate is one of few kinds, by what it does to amplitudes, so that a
// pass needs no table of gates: a matrix that mixes its targets, a phase that depends on the basis state, or an
// exchange of amplitudes. Made by list_gates(), changed by passes/, turned into a program by lower().
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "workloads/quantum/circuit.h"
#include "workloads/quantum/kernels/operands.h"
#include "workloads/quantum/qubit_map.h"

namespace basalt::quantum {

enum class GateKind : std::uint8_t {
  dense,     ///< A matrix on `targets`, where `control` holds.
  phase,     ///< `phase` alone.
  exchange,  ///< X on one target where `control` holds.
  swap,      ///< SWAP of two targets where `control` holds; a pass makes those without control entries of the map.
};

/// Plain data of one cache line, so that passes copy and move gates freely; matrices lie in the list.
struct Gate {
  GateKind kind = GateKind::dense;
  std::uint8_t target_count = 0;
  std::array<std::uint8_t, kMaxGateTargets> targets{};  ///< Ascending.
  std::uint32_t first_entry = 0;                        ///< Of dense: where its matrix begins in GateList::matrices.
  ControlMask control;                                  ///< Of dense, exchange and swap; never includes a target.
  PhaseTerm phase;

  [[nodiscard]] std::size_t matrix_size() const noexcept { return std::size_t{1} << (2 * target_count); }
};

struct GateList {
  Qubit qubit_count = 0;
  std::vector<Gate> gates;
  std::vector<Complex> matrices;  ///< Row-major, targets[0] least significant; entries of dropped gates stay behind.
  double global_phase = 0;        ///< Radians: exp(i·phase) times what the gates give.
  QubitMap map;  ///< Where the circuit's qubits are after the last gate. Before the first: qubit q is axis q.

  [[nodiscard]] std::span<const Complex> matrix(const Gate& gate) const noexcept {
    return std::span(matrices).subspan(gate.first_entry, gate.matrix_size());
  }
  [[nodiscard]] std::span<Complex> matrix(const Gate& gate) noexcept {
    return std::span(matrices).subspan(gate.first_entry, gate.matrix_size());
  }
};

/// A mask of the targets.
[[nodiscard]] inline std::uint64_t target_mask(const Gate& gate) noexcept {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < gate.target_count; ++i) {
    mask |= std::uint64_t{1} << gate.targets[i];
  }
  return mask;
}

/// Qubits whose value only selects what happens: it never changes.
[[nodiscard]] inline std::uint64_t read_mask(const Gate& gate) noexcept {
  return gate.kind == GateKind::phase ? gate.phase.mask : gate.control.mask;
}

/// Whether a term turns the amplitude at `index`.
[[nodiscard]] inline bool is_selected(const PhaseTerm& term, std::uint64_t index) noexcept {
  return term.parity ? std::popcount(index & term.mask) % 2 != 0 : (index & term.mask) == term.value;
}

[[nodiscard]] Gate make_phase(const PhaseTerm& term) noexcept;
[[nodiscard]] Gate make_exchange(ControlMask control, Qubit target) noexcept;
[[nodiscard]] Gate make_swap(ControlMask control, Qubit a, Qubit b) noexcept;

/// A gate on ascending `targets` with a matrix over them, which goes to the end of the list's matrices.
[[nodiscard]] Gate make_dense(GateList& list, ControlMask control, std::span<const std::uint8_t> targets,
                              std::span<const Complex> matrix);

/// Appends a phase unless it is nothing. One of a single qubit always becomes the phase of its 1, so that equal ones
/// look equal; what that leaves over becomes global phase.
void append_phase(GateList& list, PhaseTerm term);

/// Appends the phases exp(i·angles[x]) that basis state x of `qubits` (ascending; angles.size() = 2^qubits) meets
/// where `control` holds: as the fewest terms, a phase of every state as global phase. `angles` is overwritten.
void append_phases(GateList& list, ControlMask control, std::span<const std::uint8_t> qubits, std::span<double> angles);

/// Gate by gate, in order; nothing is optimised. Qubits must be below 64.
GateList list_gates(const Circuit& circuit);

}  // namespace basalt::quantum
