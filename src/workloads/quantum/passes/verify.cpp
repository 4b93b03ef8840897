#include "workloads/quantum/passes/verify.h"

#ifndef NDEBUG

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <utility>

#include "basalt/error.h"
#include "base/hash.h"

namespace basalt::quantum {
namespace {

constexpr Qubit kMostQubits = 6;
constexpr std::size_t kMostGates = 2000;
constexpr double kTolerance = 1e-11;

using State = std::vector<Complex>;

State arbitrary_state(std::size_t size) {
  State state(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double angle = static_cast<double>(mix(17, i) >> 11) * 0x1p-50;
    state[i] = std::polar(1 / std::sqrt(static_cast<double>(size)), angle);
  }
  return state;
}

bool holds(const ControlMask& control, std::uint64_t index) {
  return (index & control.mask) == control.value;
}

void apply_dense(const GateList& list, const Gate& gate, State& state) {
  const std::size_t size = std::size_t{1} << gate.target_count;
  const auto matrix = list.matrix(gate);
  const State before = state;
  for (std::uint64_t index = 0; index < state.size(); ++index) {
    if (!holds(gate.control, index)) {
      continue;
    }
    std::size_t row = 0;
    for (std::size_t i = 0; i < gate.target_count; ++i) {
      row |= (index >> gate.targets[i] & 1) << i;
    }
    state[index] = 0;
    for (std::size_t column = 0; column < size; ++column) {
      std::uint64_t source = index;
      for (std::size_t i = 0; i < gate.target_count; ++i) {
        source ^= ((row ^ column) >> i & 1) << gate.targets[i];
      }
      state[index] += matrix[row * size + column] * before[source];
    }
  }
}

void apply(const GateList& list, const Gate& gate, State& state) {
  if (gate.kind == GateKind::dense) {
    apply_dense(list, gate, state);
    return;
  }
  const State before = state;
  const std::uint64_t targets = target_mask(gate);
  for (std::uint64_t index = 0; index < state.size(); ++index) {
    if (gate.kind == GateKind::phase) {
      state[index] *= is_selected(gate.phase, index) ? std::polar(1.0, gate.phase.angle) : 1;
    } else if (holds(gate.control, index)) {
      const bool moves = gate.kind == GateKind::exchange || std::popcount(index & targets) == 1;
      state[index] = before[moves ? index ^ targets : index];
    }
  }
}

/// The state in the order of the circuit's qubits.
State final_state(const GateList& list) {
  State state = arbitrary_state(std::size_t{1} << list.qubit_count);
  for (const Gate& gate : list.gates) {
    apply(list, gate, state);
  }
  State result(state.size());
  for (std::uint64_t basis = 0; basis < state.size(); ++basis) {
    std::uint64_t index = list.map.flipped;
    for (Qubit qubit = 0; qubit < list.qubit_count; ++qubit) {
      index ^= (basis >> qubit & 1) << (list.map.axis.empty() ? qubit : list.map.axis[qubit]);
    }
    result[basis] = state[index] * std::polar(1.0, list.global_phase);
  }
  return result;
}

/// All that may be looked at: the state, or the density matrix of the wanted qubits, or only its diagonal.
State results_of(const GateList& list, const PassOptions& options) {
  State state = final_state(list);
  const std::uint64_t traced = ~options.wanted_qubits & (state.size() - 1);
  if (traced == 0 && options.phases_matter) {
    return state;
  }
  State density(state.size() * state.size());
  for (std::size_t row = 0; row < state.size(); ++row) {
    for (std::size_t column = 0; column < state.size(); ++column) {
      const bool seen = (row & traced) == (column & traced) && (options.phases_matter || row == column);
      if (seen) {
        density[(row & ~traced) * state.size() + (column & ~traced)] += state[row] * std::conj(state[column]);
      }
    }
  }
  return density;
}

}  // namespace

Verification::Verification(const GateList& before, PassOptions options) : options_(std::move(options)) {
  if (before.qubit_count <= kMostQubits && before.gates.size() <= kMostGates) {
    results_ = results_of(before, options_);
  }
}

void Verification::expect_same(const GateList& after, std::string_view pass) const {
  if (results_.empty()) {
    return;
  }
  const State results = results_of(after, options_);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!(std::abs(results[i] - results_[i]) < kTolerance)) {
      throw Error(
          ErrorCode::failed,
          fmt::format("the pass '{}' changed the results of a circuit: element {} is {} + {}i, and was {} + {}i", pass,
                      i, results[i].real(), results[i].imag(), results_[i].real(), results_[i].imag()),
          fmt::format("this is an error in Basalt; --without-pass {} avoids it", pass));
    }
  }
}

}  // namespace basalt::quantum

#endif
