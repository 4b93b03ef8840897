#include "engine/choose_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "basalt/error.h"

namespace basalt {
namespace {

using quantum::Machine;

/// States of fewer qubits are done in less time than it takes to put results together.
constexpr quantum::Qubit kWorthLooking = 16;

/// Gates times amplitudes that one state is given, where it has them all: up to here it takes some 5 ms.
constexpr double kWorthParts = 1e8;

/// Draws of all parts that are kept until they are joined.
constexpr std::uint64_t kMostDraws = std::uint64_t{1} << 26;

constexpr std::size_t kFirstPiece = 64;
constexpr std::size_t kGrowth = 16;
constexpr std::size_t kMostGates = std::size_t{1} << 20;

std::string what_needs_one_state(const Request& request) {
  if (!request.save_state.empty()) {
    return "--save-state needs one state";
  }
  if (!request.checkpoint.folder.empty()) {
    return "checkpoints are of one state";
  }
  if (request.verify > 0) {
    return "--verify looks after one state";
  }
  if (request.backend == Backend::vulkan || !request.device.empty()) {
    return "parts run on the CPU";
  }
  return {};
}

/// The whole program; null, with the reason, where it is one circuit.
PartsChoice read_split(const std::shared_ptr<const quantum::Script>& script, const CancelToken& cancel) {
  Machine machine(script);
  quantum::Circuit circuit(script->qubit_count);
  quantum::Connections connections(script->qubit_count);
  Machine::Status status = Machine::Status::circuit_full;
  for (std::size_t most = kFirstPiece; status == Machine::Status::circuit_full; most *= kGrowth) {
    status = machine.advance(circuit, cancel, std::min(most, kMostGates));
    connections = quantum::Connections(script->qubit_count);
    connections.add(circuit);
    if (connections.count() <= 1) {
      return {.reason = "gates connect all qubits", .split = nullptr};
    }
    if (status == Machine::Status::circuit_full && circuit.operations().size() >= kMostGates) {
      return {.reason = "the circuit has more gates than are looked at", .split = nullptr};
    }
  }
  if (status != Machine::Status::finished) {
    return {.reason = "the program needs an outcome before its end", .split = nullptr};
  }
  SplitProgram split{
      .machine = std::move(machine), .parts = split_circuit(circuit), .gates = circuit.operations().size()};
  return {.reason = {}, .split = std::make_shared<const SplitProgram>(std::move(split))};
}

std::string describe(const SplitProgram& split, quantum::Qubit qubits) {
  return fmt::format("no gate connects its {} part{}, of at most {} of the {} qubits", split.parts.size(),
                     split.parts.size() == 1 ? "" : "s", split.most_qubits(), qubits);
}

/// Why one state is as good; empty: it is not.
std::string objection(const Request& request, const SplitProgram& split, quantum::Qubit qubits) {
  if (split.most_qubits() + 2 > qubits) {
    return "the parts are hardly smaller";
  }
  if (static_cast<double>(split.gates) * std::exp2(qubits) <= kWorthParts) {
    return "it is soon done";
  }
  if (split.parts.size() > kMostDraws / request.shots) {
    return "the parts would keep too many draws";
  }
  return {};
}

}  // namespace

quantum::Qubit SplitProgram::most_qubits() const noexcept {
  std::size_t most = 0;
  for (const quantum::CircuitPart& part : parts) {
    most = std::max(most, part.qubits.size());
  }
  return static_cast<quantum::Qubit>(most);
}

PartsChoice choose_parts(const Request& request, const std::shared_ptr<const quantum::Script>& script,
                         const CancelToken& cancel) {
  const bool forced = request.method == Method::parts;
  const quantum::Qubit qubits = script->qubit_count;
  if (!forced && qubits < kWorthLooking) {
    return {};
  }
  if (const std::string needs = what_needs_one_state(request); !needs.empty()) {
    if (forced) {
      throw Error(ErrorCode::bad_usage, "--method parts: " + needs, "leave that out, or give --method state");
    }
    return {.reason = needs, .split = nullptr};
  }
  PartsChoice choice = read_split(script, cancel);
  if (forced && (choice.split == nullptr || choice.split->parts.empty())) {
    throw Error(ErrorCode::unsupported,
                "--method parts: " + (choice.split == nullptr ? choice.reason : "the program has no gates"),
                "leave --method out, or give --method state");
  }
  if (choice.split == nullptr) {
    return choice;
  }
  if (!forced && (choice.split->parts.empty() || !objection(request, *choice.split, qubits).empty())) {
    return {};
  }
  choice.reason = forced ? "--method parts" : describe(*choice.split, qubits);
  return choice;
}

}  // namespace basalt
