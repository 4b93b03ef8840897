#include "workloads/quantum/circuit_parts.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace basalt::quantum {

Connections::Connections(Qubit qubit_count) : parents_(qubit_count), count_(qubit_count) {
  std::iota(parents_.begin(), parents_.end(), Qubit{0});
}

Qubit Connections::set_of(Qubit qubit) const {
  while (parents_[qubit] != qubit) {
    qubit = parents_[qubit];
  }
  return qubit;
}

void Connections::join(Qubit a, Qubit b) {
  const Qubit low = std::min(set_of(a), set_of(b));
  const Qubit high = std::max(set_of(a), set_of(b));
  count_ -= low != high ? 1 : 0;
  // what was asked for is nearer next time
  for (Qubit qubit : {a, b}) {
    while (parents_[qubit] != qubit) {
      const Qubit next = parents_[qubit];
      parents_[qubit] = low;
      qubit = next;
    }
  }
  parents_[high] = low;
}

void Connections::add(const Circuit& circuit) {
  for (const Operation& op : circuit.operations()) {
    const auto controls = circuit.controls(op);
    const auto targets = circuit.targets(op);
    if (controls.empty() && targets.empty()) {
      continue;
    }
    const Qubit first = targets.empty() ? controls[0].qubit : targets[0];
    for (const Control& control : controls) {
      join(first, control.qubit);
    }
    for (const Qubit target : targets) {
      join(first, target);
    }
  }
}

std::vector<CircuitPart> split_circuit(const Circuit& circuit) {
  const Qubit qubit_count = circuit.qubit_count();
  Connections connections(qubit_count);
  connections.add(circuit);
  std::vector<bool> used(qubit_count, false);
  for (const Operation& op : circuit.operations()) {
    for (const Control& control : circuit.controls(op)) {
      used[control.qubit] = true;
    }
    for (const Qubit target : circuit.targets(op)) {
      used[target] = true;
    }
  }
  std::map<Qubit, std::size_t> part_of;  // by the least qubit of the set
  std::vector<CircuitPart> parts;
  std::vector<Qubit> place(qubit_count, 0);
  for (Qubit qubit = 0; qubit < qubit_count; ++qubit) {
    if (used[qubit]) {
      const auto [found, is_new] = part_of.try_emplace(connections.set_of(qubit), parts.size());
      if (is_new) {
        parts.emplace_back();
      }
      std::vector<Qubit>& qubits = parts[found->second].qubits;
      place[qubit] = static_cast<Qubit>(qubits.size());
      qubits.push_back(qubit);
    }
  }
  for (CircuitPart& part : parts) {
    part.circuit = Circuit(static_cast<Qubit>(part.qubits.size()));
  }
  for (const Operation& op : circuit.operations()) {
    std::vector<Control> controls(circuit.controls(op).begin(), circuit.controls(op).end());
    std::vector<Qubit> targets(circuit.targets(op).begin(), circuit.targets(op).end());
    const bool everywhere = controls.empty() && targets.empty();
    if (parts.empty()) {
      break;
    }
    const Qubit first = everywhere ? parts[0].qubits[0] : targets.empty() ? controls[0].qubit : targets[0];
    for (Control& control : controls) {
      control.qubit = place[control.qubit];
    }
    for (Qubit& target : targets) {
      target = place[target];
    }
    Circuit& into = parts[part_of.at(connections.set_of(first))].circuit;
    if (op.gate == GateId::matrix) {
      into.append_matrix(circuit.matrix(op), controls, targets);
    } else {
      into.append(op.gate, circuit.parameters(op), controls, targets);
    }
  }
  return parts;
}

}  // namespace basalt::quantum
