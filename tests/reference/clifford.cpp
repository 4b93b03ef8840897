#include "reference/clifford.h"

#include <array>
#include <numbers>
#include <random>

namespace basalt::reference {
namespace {

using quantum::CliffordOp;
using quantum::CliffordStep;
using quantum::GateId;

constexpr double kQuarter = std::numbers::pi / 2;

bool is_pair(CliffordOp op) {
  return op == CliffordOp::cx || op == CliffordOp::cz || op == CliffordOp::swap;
}

class CliffordGenerator {
 public:
  CliffordGenerator(int qubits, std::uint64_t seed) : qubits_(static_cast<Qubit>(qubits)), random_(seed) {}

  Circuit circuit(int gates) {
    Circuit result(qubits_);
    for (int i = 0; i < gates; ++i) {
      append_gate(result);
    }
    return result;
  }

  std::vector<CliffordStep> steps(int count) {
    std::vector<CliffordStep> result;
    std::uint32_t records = 0;
    for (int i = 0; i < count; ++i) {
      const auto op = static_cast<CliffordOp>(random_() % (static_cast<int>(CliffordOp::reset) + 1));
      if (is_pair(op) && qubits_ < 2) {
        continue;
      }
      const auto [a, b] = two();
      result.push_back({op, a, is_pair(op) ? b : op == CliffordOp::measure ? records++ : 0});
    }
    return result;
  }

 private:
  std::pair<Qubit, Qubit> two() {
    const auto a = static_cast<Qubit>(random_() % qubits_);
    const auto b = static_cast<Qubit>(qubits_ > 1 ? (a + 1 + random_() % (qubits_ - 1)) % qubits_ : a);
    return {a, b};
  }

  double quarters() { return kQuarter * (static_cast<double>(random_() % 17) - 8); }

  void append_gate(Circuit& circuit) {
    constexpr std::array kPlain = {GateId::id, GateId::x,   GateId::y,  GateId::z,   GateId::h,
                                   GateId::s,  GateId::sdg, GateId::sx, GateId::sxdg};
    constexpr std::array kTurning = {GateId::p, GateId::rx, GateId::ry, GateId::rz};
    constexpr std::array kEuler = {GateId::u, GateId::u3};
    constexpr std::array kPairs = {GateId::swap, GateId::iswap};
    constexpr std::array kTurningPairs = {GateId::rxx, GateId::ryy, GateId::rzz};
    constexpr std::array kControlled = {GateId::x, GateId::y, GateId::z};
    const auto [a, b] = two();
    const std::array both = {a, b};
    const std::array<Control, 1> control = {Control{a, random_() % 3 != 0}};
    switch (random_() % (qubits_ > 1 ? 9 : 4)) {
      case 0:
        circuit.append(kPlain[random_() % kPlain.size()], {}, {}, std::array{a});
        break;
      case 1:
        circuit.append(kTurning[random_() % kTurning.size()], std::array{quarters()}, {}, std::array{a});
        break;
      case 2:
        circuit.append(kEuler[random_() % kEuler.size()], std::array{quarters(), quarters(), quarters()}, {},
                       std::array{a});
        break;
      case 3:
        append_matrix(circuit, a);
        break;
      case 4:
        circuit.append(kPairs[random_() % kPairs.size()], {}, {}, both);
        break;
      case 5:
        circuit.append(kTurningPairs[random_() % kTurningPairs.size()], std::array{quarters()}, {}, both);
        break;
      case 6:
        circuit.append(GateId::p, std::array{2 * quarters()}, control, std::array{b});
        break;
      case 7:
        circuit.append(GateId::gphase, std::array{quarters()}, control, {});
        break;
      default:
        circuit.append(kControlled[random_() % kControlled.size()], {}, control, std::array{b});
    }
  }

  void append_matrix(Circuit& circuit, Qubit a) {
    std::vector<Complex> matrix = quantum::gate_matrix(GateId::u, std::array{quarters(), quarters(), quarters()});
    for (Complex& entry : matrix) {
      entry *= std::polar(1.0, 0.3);
    }
    circuit.append_matrix(matrix, {}, std::array{a});
  }

  Qubit qubits_;
  std::mt19937_64 random_;
};

bool possible(double probability) {
  return probability > 1e-9;
}

}  // namespace

Circuit random_clifford_circuit(int qubits, int gates, std::uint64_t seed) {
  return CliffordGenerator(qubits, seed).circuit(gates);
}

std::vector<CliffordStep> random_clifford_steps(int qubits, int steps, std::uint64_t seed) {
  return CliffordGenerator(qubits, seed).steps(steps);
}

void apply(State& state, const CliffordStep& step) {
  constexpr std::array kGates = {GateId::x,  GateId::y,    GateId::z, GateId::h, GateId::s,   GateId::sdg,
                                 GateId::sx, GateId::sxdg, GateId::x, GateId::z, GateId::swap};
  const auto matrix = quantum::gate_matrix(kGates.at(static_cast<std::size_t>(step.op)), {});
  if (step.op == CliffordOp::cx || step.op == CliffordOp::cz) {
    apply_matrix(state, matrix, std::array{Control{step.a, true}}, std::array{step.b});
  } else if (step.op == CliffordOp::swap) {
    apply_matrix(state, matrix, {}, std::array{step.a, step.b});
  } else {
    apply_matrix(state, matrix, {}, std::array{step.a});
  }
}

std::map<std::vector<bool>, History> histories(int qubits, std::span<const CliffordStep> steps) {
  // Resets are measurements whose outcome is forgotten: they are kept here, and left out of the keys at the end.
  struct Path {
    std::vector<bool> outcomes;
    History history;
  };
  std::vector<Path> paths(1);
  paths[0].history.state = zero_state(qubits);
  std::vector<std::size_t> places;  // of outcomes that are kept
  std::size_t measured = 0;
  for (const CliffordStep& step : steps) {
    if (step.op != CliffordOp::measure && step.op != CliffordOp::reset) {
      for (Path& path : paths) {
        reference::apply(path.history.state, step);
      }
      continue;
    }
    std::vector<Path> next;
    for (const Path& path : paths) {
      for (const std::uint64_t outcome : {0, 1}) {
        const double probability = reference::probability(path.history.state, std::array{step.a}, outcome);
        if (!possible(probability)) {
          continue;
        }
        Path& taken = next.emplace_back(path);
        collapse(taken.history.state, std::array{step.a}, outcome);
        taken.history.probability *= probability;
        taken.outcomes.push_back(outcome != 0);
        if (step.op == CliffordOp::reset && outcome != 0) {
          reference::apply(taken.history.state, CliffordStep{CliffordOp::x, step.a});
        }
      }
    }
    paths = std::move(next);
    if (step.op == CliffordOp::measure) {
      places.push_back(measured);
    }
    ++measured;
  }
  std::map<std::vector<bool>, History> result;
  for (Path& path : paths) {
    std::vector<bool> kept;
    for (const std::size_t place : places) {
      kept.push_back(path.outcomes[place]);
    }
    const auto [at, is_new] = result.try_emplace(kept, path.history);
    if (!is_new) {
      at->second.probability += path.history.probability;
    }
  }
  return result;
}

}  // namespace basalt::reference
