#include "reference/random_circuit.h"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>
#include <numeric>
#include <random>
#include <utility>

namespace basalt::reference {
namespace {

using quantum::Circuit;
using quantum::Complex;
using quantum::Control;
using quantum::GateId;
using quantum::GateRow;
using quantum::Qubit;

bool writable(GateId id, GateSet gate_set) {
  switch (id) {
    case GateId::matrix:
    case GateId::iswap:
    case GateId::rxx:
    case GateId::ryy:
    case GateId::rzz:
    case GateId::rccx:
    case GateId::rc3x:
    case GateId::cu_target:
    case GateId::sxdg:
      return gate_set == GateSet::all && id != GateId::matrix;
    case GateId::gphase:
    case GateId::p:
    case GateId::sx:
    case GateId::swap:
      return gate_set != GateSet::qelib1;
    case GateId::u:
      return gate_set != GateSet::qelib1;
    default:
      return true;
  }
}

class Generator {
 public:
  Generator(int qubits, std::uint64_t seed, GateSet gate_set) : random_(seed), gate_set_(gate_set), circuit_(qubits) {
    for (const GateRow& row : quantum::gate_table()) {
      if (writable(row.id, gate_set) && row.target_count <= qubits) {
        rows_.push_back(&row);
      }
    }
  }

  Circuit run(int gates) {
    for (int i = 0; i < gates; ++i) {
      if (gate_set_ == GateSet::all && below(8) == 0) {
        add_matrix();
      } else {
        add_native(*rows_[below(rows_.size())]);
      }
    }
    return circuit_;
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  std::vector<Qubit> pick(std::size_t count) {
    std::vector<Qubit> qubits(circuit_.qubit_count());
    std::iota(qubits.begin(), qubits.end(), 0U);
    std::ranges::shuffle(qubits, random_);
    qubits.resize(count);
    return qubits;
  }

  std::size_t control_count(const GateRow& row) {
    const std::size_t room = circuit_.qubit_count() - row.target_count;
    if (gate_set_ == GateSet::qelib1) {
      return row.id == GateId::x ? std::min<std::size_t>(room, below(3)) : 0;
    }
    return std::min<std::size_t>(room, std::max<std::int64_t>(0, static_cast<std::int64_t>(below(6)) - 2));
  }

  void add_native(const GateRow& row) {
    std::vector<double> parameters(row.parameter_count);
    for (double& parameter : parameters) {
      parameter = std::uniform_real_distribution<double>(-7, 7)(random_);
    }
    std::vector<Control> controls;
    const auto targets = add_controls(control_count(row), row.target_count, controls);
    circuit_.append(row.id, parameters, controls, targets);
  }

  void add_matrix() {
    const std::size_t most = std::min<std::size_t>(circuit_.qubit_count(), quantum::kMaxGateTargets);
    const std::size_t target_count = 1 + below(most);
    std::vector<Control> controls;
    const std::size_t control_count = std::min<std::size_t>(circuit_.qubit_count() - target_count, below(3));
    const auto targets = add_controls(control_count, target_count, controls);
    circuit_.append_matrix(random_unitary(static_cast<int>(target_count), random_()), controls, targets);
  }

  std::vector<Qubit> add_controls(std::size_t control_count, std::size_t target_count, std::vector<Control>& controls) {
    std::vector<Qubit> qubits = pick(control_count + target_count);
    for (std::size_t i = 0; i < control_count; ++i) {
      controls.push_back({qubits[i], gate_set_ == GateSet::qelib1 || below(3) != 0});
    }
    qubits.erase(qubits.begin(), qubits.begin() + static_cast<std::ptrdiff_t>(control_count));
    return qubits;
  }

  std::mt19937_64 random_;
  GateSet gate_set_;
  Circuit circuit_;
  std::vector<const GateRow*> rows_;
};

std::string call(const Circuit& circuit, const quantum::Operation& op, std::string name) {
  const auto parameters = circuit.parameters(op);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    name += fmt::format("{}{}", i == 0 ? "(" : ", ", parameters[i]);
  }
  if (!parameters.empty()) {
    name += ')';
  }
  std::string separator = " ";
  for (const Control& control : circuit.controls(op)) {
    name += fmt::format("{}q[{}]", std::exchange(separator, ", "), control.qubit);
  }
  for (const Qubit target : circuit.targets(op)) {
    name += fmt::format("{}q[{}]", std::exchange(separator, ", "), target);
  }
  return name + ";\n";
}

}  // namespace

Circuit random_circuit(int qubits, int gates, std::uint64_t seed, GateSet gate_set) {
  return Generator(qubits, seed, gate_set).run(gates);
}

std::string to_qasm3(const Circuit& circuit) {
  std::string text = fmt::format("OPENQASM 3.1;\ninclude \"stdgates.inc\";\nqubit[{}] q;\n", circuit.qubit_count());
  for (const quantum::Operation& op : circuit.operations()) {
    std::string modifiers;
    for (const Control& control : circuit.controls(op)) {
      modifiers += control.value ? "ctrl @ " : "negctrl @ ";
    }
    const auto& row = quantum::gate_row(op.gate);
    text += call(circuit, op, modifiers + std::string(op.gate == GateId::u ? "U" : row.name));
  }
  return text;
}

std::string to_qasm2(const Circuit& circuit) {
  std::string text = fmt::format("OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[{}];\n", circuit.qubit_count());
  for (const quantum::Operation& op : circuit.operations()) {
    text += call(circuit, op, std::string(op.control_count, 'c') + std::string(quantum::gate_row(op.gate).name));
  }
  return text;
}

std::vector<Complex> random_unitary(int targets, std::uint64_t seed) {
  const std::size_t size = std::size_t{1} << targets;
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<Complex> matrix(size * size);
  for (Complex& entry : matrix) {
    entry = {normal(random), normal(random)};
  }
  // Gram–Schmidt on the rows, twice for rounding.
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t row = 0; row < size; ++row) {
      Complex* current = &matrix[row * size];
      for (std::size_t earlier = 0; earlier < row; ++earlier) {
        const Complex* other = &matrix[earlier * size];
        Complex overlap = 0;
        for (std::size_t k = 0; k < size; ++k) {
          overlap += std::conj(other[k]) * current[k];
        }
        for (std::size_t k = 0; k < size; ++k) {
          current[k] -= overlap * other[k];
        }
      }
      double norm = 0;
      for (std::size_t k = 0; k < size; ++k) {
        norm += std::norm(current[k]);
      }
      for (std::size_t k = 0; k < size; ++k) {
        current[k] /= std::sqrt(norm);
      }
    }
  }
  return matrix;
}

}  // namespace basalt::reference
