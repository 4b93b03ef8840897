#include "workloads/quantum/stabilizer/clifford_reader.h"

#include <fmt/format.h>

#include <array>

#include "workloads/quantum/stabilizer/recognise.h"

namespace basalt::quantum {
namespace {

/// Of the gates that circuits are full of.
std::optional<CliffordOp> simple_op(const Circuit& circuit, const Operation& op) {
  if (op.control_count == 0) {
    switch (op.gate) {
      case GateId::x:
        return CliffordOp::x;
      case GateId::y:
        return CliffordOp::y;
      case GateId::z:
        return CliffordOp::z;
      case GateId::h:
        return CliffordOp::h;
      case GateId::s:
        return CliffordOp::s;
      case GateId::sdg:
        return CliffordOp::sdg;
      case GateId::sx:
        return CliffordOp::sx;
      case GateId::sxdg:
        return CliffordOp::sxdg;
      case GateId::swap:
        return CliffordOp::swap;
      default:
        return std::nullopt;
    }
  }
  if (op.control_count == 1 && circuit.controls(op)[0].value) {
    if (op.gate == GateId::x) {
      return CliffordOp::cx;
    }
    if (op.gate == GateId::z) {
      return CliffordOp::cz;
    }
  }
  return std::nullopt;
}

/// Of the whole operation, its controls being the lowest qubits of the matrix.
std::vector<Complex> matrix_with_controls(const Circuit& circuit, const Operation& op) {
  const std::vector<Complex> inner = circuit.matrix(op);
  const auto controls = circuit.controls(op);
  std::size_t wanted = 0;
  for (std::size_t i = 0; i < controls.size(); ++i) {
    wanted |= std::size_t{controls[i].value} << i;
  }
  const std::size_t inner_size = std::size_t{1} << op.target_count;
  const std::size_t size = inner_size << controls.size();
  const std::size_t mask = (std::size_t{1} << controls.size()) - 1;
  std::vector<Complex> result(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    if ((i & mask) != wanted) {
      result[i * size + i] = 1;
      continue;
    }
    for (std::size_t column = 0; column < inner_size; ++column) {
      result[i * size + (column << controls.size() | wanted)] = inner[(i >> controls.size()) * inner_size + column];
    }
  }
  return result;
}

/// Y is X and Z, up to a phase.
void append_correction(const Recording& recording, std::vector<CliffordStep>& steps) {
  if (recording.correction != Pauli::z) {
    steps.push_back({CliffordOp::x_if, recording.qubit, recording.record});
  }
  if (recording.correction != Pauli::x) {
    steps.push_back({CliffordOp::z_if, recording.qubit, recording.record});
  }
}

}  // namespace

std::size_t CliffordReader::append(const RecordedCircuit& recorded, std::vector<CliffordStep>& steps) {
  const auto operations = recorded.circuit.operations();
  auto recording = recorded.recordings.begin();
  const auto append_recordings = [&](std::size_t before) {
    for (; recording != recorded.recordings.end() && recording->before <= before; ++recording) {
      if (recording->correction != Pauli::none) {
        append_correction(*recording, steps);
        continue;
      }
      steps.push_back(recording->record == kResets
                          ? CliffordStep{CliffordOp::reset, recording->qubit}
                          : CliffordStep{CliffordOp::measure, recording->qubit, recording->record});
    }
  };
  for (std::size_t i = 0; i < operations.size(); ++i) {
    append_recordings(i);
    if (!append(recorded.circuit, operations[i], steps)) {
      return i;
    }
  }
  append_recordings(operations.size());
  return operations.size();
}

bool CliffordReader::append(const Circuit& circuit, const Operation& op, std::vector<CliffordStep>& steps) {
  const auto controls = circuit.controls(op);
  const auto targets = circuit.targets(op);
  if (const auto simple = simple_op(circuit, op)) {
    const Qubit a = op.control_count == 1 ? controls[0].qubit : targets[0];
    const Qubit b = op.control_count == 1 ? targets[0] : (targets.size() == 2 ? targets[1] : 0);
    steps.push_back({*simple, a, b});
    return true;
  }
  if (controls.size() + targets.size() > kMaxGateTargets) {
    return false;
  }
  const Steps& found = recognised(circuit, op);
  if (!found) {
    return false;
  }
  const auto qubit_at = [&](std::uint32_t place) {
    return place < controls.size() ? controls[place].qubit : targets[place - controls.size()];
  };
  for (const CliffordStep& step : *found) {
    const bool pair = step.op == CliffordOp::cx || step.op == CliffordOp::cz || step.op == CliffordOp::swap;
    steps.push_back({step.op, qubit_at(step.a), pair ? qubit_at(step.b) : 0});
  }
  return true;
}

const CliffordReader::Steps& CliffordReader::recognised(const Circuit& circuit, const Operation& op) {
  Key key{.gate = op.gate, .controls = {}, .numbers = {}};
  for (const Control& control : circuit.controls(op)) {
    key.controls.push_back(control.value);
  }
  if (op.gate == GateId::matrix) {
    for (const Complex& entry : circuit.matrix(op)) {
      key.numbers.insert(key.numbers.end(), {entry.real(), entry.imag()});
    }
  } else {
    const auto parameters = circuit.parameters(op);
    key.numbers.assign(parameters.begin(), parameters.end());
  }
  const auto found = known_.find(key);
  if (found != known_.end()) {
    return found->second;
  }
  constexpr std::size_t kMostKnown = 1 << 16;
  if (known_.size() == kMostKnown) {
    known_.clear();
  }
  return known_.emplace(std::move(key), recognise_clifford(matrix_with_controls(circuit, op))).first->second;
}

std::string name_of_operation(const Circuit& circuit, const Operation& op) {
  std::string text = op.gate == GateId::matrix
                         ? fmt::format("a matrix on {} qubit{}", op.target_count, op.target_count == 1 ? "" : "s")
                         : std::string(gate_row(op.gate).name);
  const auto parameters = circuit.parameters(op);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    text += fmt::format("{}{:.6g}", i == 0 ? "(" : ", ", parameters[i]);
  }
  text += parameters.empty() ? "" : ")";
  if (op.control_count > 0) {
    text += fmt::format(" with {} control{}", op.control_count, op.control_count == 1 ? "" : "s");
  }
  return text;
}

}  // namespace basalt::quantum
