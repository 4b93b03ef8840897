// Random circuits drawn so that the passes have something to find: ladders of CX around phases, gates next to their
// inverses, X and SWAP everywhere, runs on one pair, controls that must be 0.
#pragma once

#include <algorithm>
#include <numbers>
#include <numeric>
#include <random>
#include <vector>

#include "reference/random_circuit.h"
#include "workloads/quantum/circuit.h"

namespace basalt::quantum {

enum class Flavour : std::uint8_t {
  linear,      ///< CX, SWAP, X and phases of one qubit.
  clifford,    ///< H, CX, CZ, S, X, and phases of many qubits.
  pairs,       ///< Long runs on few pairs: matrices of one and two qubits.
  controlled,  ///< Up to three controls of either value on everything.
  anything,    ///< Every gate of the table.
};

inline constexpr Flavour kFlavours[] = {Flavour::linear, Flavour::clifford, Flavour::pairs, Flavour::controlled,
                                        Flavour::anything};

class CircuitDrawing {
 public:
  CircuitDrawing(int qubits, std::uint64_t seed) : random_(seed), circuit_(static_cast<Qubit>(qubits)) {}

  Circuit draw(Flavour flavour, int gates) {
    if (flavour == Flavour::anything) {
      return reference::random_circuit(static_cast<int>(circuit_.qubit_count()), gates, random_());
    }
    for (int i = 0; i < gates; ++i) {
      add(flavour);
    }
    return circuit_;
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  /// Often one of the angles that make gates special.
  double angle() {
    const std::uint64_t kind = below(4);
    return kind == 0 ? 0.1 + static_cast<double>(below(6000)) * 1e-3
                     : static_cast<double>(below(17)) * std::numbers::pi / 4 - 2 * std::numbers::pi;
  }

  std::vector<Qubit> pick(std::size_t count) {
    std::vector<Qubit> qubits(circuit_.qubit_count());
    std::iota(qubits.begin(), qubits.end(), 0U);
    std::shuffle(qubits.begin(), qubits.end(), random_);
    qubits.resize(std::min(count, qubits.size()));
    return qubits;
  }

  void append(GateId gate, std::size_t controls) {
    const GateRow& row = gate_row(gate);
    const auto qubits = pick(controls + row.target_count);
    if (qubits.size() < row.target_count) {
      return;
    }
    std::vector<double> parameters(row.parameter_count);
    for (double& parameter : parameters) {
      parameter = angle();
    }
    std::vector<Control> control;
    for (std::size_t i = row.target_count; i < qubits.size(); ++i) {
      control.push_back({qubits[i], below(4) != 0});
    }
    circuit_.append(gate, parameters, control, std::span(qubits).first(row.target_count));
  }

  void append_one_of(std::initializer_list<GateId> gates, std::size_t controls) {
    append(*(gates.begin() + static_cast<std::ptrdiff_t>(below(gates.size()))), controls);
  }

  void add(Flavour flavour) {
    switch (flavour) {
      case Flavour::linear:
        below(3) == 0 ? append_one_of({GateId::rz, GateId::t, GateId::p, GateId::rzz, GateId::x, GateId::swap}, 0)
                      : append(GateId::x, 1);
        break;
      case Flavour::clifford:
        below(3) == 0 ? append_one_of({GateId::x, GateId::z, GateId::p}, 1 + below(2))
                      : append_one_of({GateId::h, GateId::h, GateId::s, GateId::x, GateId::sx}, 0);
        break;
      case Flavour::pairs:
        below(3) == 0 ? append_one_of({GateId::rxx, GateId::iswap, GateId::ryy, GateId::rzz, GateId::swap}, 0)
                      : append_one_of({GateId::u3, GateId::x, GateId::ry, GateId::rz, GateId::y}, below(2));
        break;
      default:
        append_one_of({GateId::x, GateId::p, GateId::rz, GateId::rzz, GateId::swap, GateId::y, GateId::u3, GateId::h,
                       GateId::rx, GateId::iswap, GateId::gphase},
                      below(4));
    }
    // Now and then the same again, so that there is something to cancel.
    if (below(8) == 0 && !circuit_.operations().empty()) {
      const Operation op = circuit_.operations()[below(circuit_.operations().size())];
      const std::vector<double> parameters(circuit_.parameters(op).begin(), circuit_.parameters(op).end());
      const std::vector<Control> controls(circuit_.controls(op).begin(), circuit_.controls(op).end());
      const std::vector<Qubit> targets(circuit_.targets(op).begin(), circuit_.targets(op).end());
      circuit_.append(op.gate, parameters, controls, targets);
    }
  }

  std::mt19937_64 random_;
  Circuit circuit_;
};

}  // namespace basalt::quantum
