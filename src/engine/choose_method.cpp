#include "engine/choose_method.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "basalt/error.h"
#include "engine/choices.h"
#include "workloads/quantum/stabilizer/clifford_reader.h"

namespace basalt {

std::string_view name_of(Method method) noexcept {
  switch (method) {
    case Method::automatic:
      return "auto";
    case Method::state:
      return "state";
    case Method::parts:
      return "parts";
    case Method::live:
      return "live";
    case Method::stabilizer:
      return "stabilizer";
  }
  return "unknown";
}

Error not_clifford(const std::string& gate) {
  return {ErrorCode::unsupported, fmt::format("--method stabilizer runs Clifford gates, and {} is none", gate),
          "leave --method out, or give --method state"};
}

namespace {

using quantum::CliffordReader;
using quantum::Machine;
using quantum::RecordedCircuit;

/// States of so few qubits are done in less time than it takes to look at the circuit.
constexpr quantum::Qubit kFewQubits = 10;

/// Gates times amplitudes that the state is given, where it has them all: up to here it takes some 5 ms.
constexpr double kWorthATableau = 1e8;

/// Guessed of a program that goes on after its opening.
constexpr double kGatesToCome = 1000;

/// Gates are read in pieces that grow, so that few are read of a circuit that is not Clifford.
constexpr std::size_t kFirstPiece = 64;
constexpr std::size_t kGrowth = 16;
constexpr std::size_t kMostGates = std::size_t{1} << 20;

/// The first thing that is asked for and that a tableau does not have; empty: there is none.
std::string what_needs_amplitudes(const Request& request, const quantum::Script& script) {
  if (request.top > 0) {
    return "--top";
  }
  if (!request.save_state.empty()) {
    return "--save-state";
  }
  if (request.backend == Backend::vulkan) {
    return "--backend vulkan";
  }
  if (!request.device.empty()) {
    return "--device";
  }
  if (request.verify > 0) {
    return "--verify";
  }
  if (asks_for_nothing(request, script)) {
    return "a program without classical bits, of which the most probable states are shown,";
  }
  return {};
}

/// Reads the program until it stops; the name of the first gate that is not Clifford where there is one.
std::string read_opening(CliffordOpening& opening, quantum::Qubit qubits, const CancelToken& cancel) {
  CliffordReader reader;
  RecordedCircuit recorded{.circuit = quantum::Circuit(qubits), .recordings = {}};
  std::size_t piece = kFirstPiece;
  do {
    recorded.circuit.clear();
    recorded.recordings.clear();
    opening.status = opening.machine.advance(recorded, cancel, piece);
    const auto operations = recorded.circuit.operations();
    const std::size_t read = reader.append(recorded, opening.steps);
    if (read < operations.size()) {
      return fmt::format("{} (gate {})", name_of_operation(recorded.circuit, operations[read]),
                         opening.gates + read + 1);
    }
    opening.gates += operations.size();
    piece = std::min(piece * kGrowth, kMostGates);
  } while (opening.status == Machine::Status::circuit_full && opening.steps.size() < kMostGates);
  return {};
}

/// A tableau, or a state with the reason why not a tableau.
MethodChoice weigh_tableau(const Request& request, const std::shared_ptr<const quantum::Script>& script,
                           const CancelToken& cancel) {
  const bool forced = request.method == Method::stabilizer;
  const quantum::Qubit qubits = script->qubit_count;
  if (!forced && qubits <= kFewQubits) {
    return {.method = Method::state, .reason = fmt::format("{} qubits have few amplitudes", qubits), .opening = {}};
  }
  if (const std::string needs = what_needs_amplitudes(request, *script); !needs.empty()) {
    if (forced) {
      throw Error(ErrorCode::bad_usage, fmt::format("--method stabilizer has no amplitudes, and {} needs them", needs),
                  "ask for counts, --observable or --probabilities, or give --method state");
    }
    return {.method = Method::state, .reason = needs + " needs amplitudes", .opening = {}};
  }
  CliffordOpening opening{.machine = Machine(script), .status = {}, .steps = {}, .gates = 0};
  if (const std::string gate = read_opening(opening, qubits, cancel); !gate.empty()) {
    if (forced) {
      throw not_clifford(gate);
    }
    return {.method = Method::state, .reason = gate + " is no Clifford gate", .opening = {}};
  }
  const bool finished = opening.status == Machine::Status::finished;
  const double gates = static_cast<double>(opening.gates) + (finished ? 0 : kGatesToCome);
  if (!forced && gates * std::exp2(qubits) <= kWorthATableau) {
    return {.method = Method::state,
            .reason = fmt::format("every gate{} is Clifford, but {} of them on {} qubits are soon done",
                                  finished ? "" : " so far", opening.gates, qubits),
            .opening = {}};
  }
  return {.method = Method::stabilizer,
          .reason = forced     ? "--method stabilizer"
                    : finished ? "every gate is Clifford, and no amplitudes are asked for"
                               : "every gate so far is Clifford, and no amplitudes are asked for",
          .opening = std::make_shared<const CliffordOpening>(std::move(opening))};
}

}  // namespace

MethodChoice choose_method(const Request& request, const std::shared_ptr<const quantum::Script>& script,
                           const CancelToken& cancel) {
  if (request.method == Method::state) {
    return {.method = Method::state, .reason = "--method state", .opening = {}};
  }
  MethodChoice choice{.method = Method::state, .reason = {}, .opening = {}};
  if (request.method != Method::parts && request.method != Method::live) {
    choice = weigh_tableau(request, script, cancel);
  }
  if (choice.method == Method::state && request.method != Method::live) {
    PartsChoice parts = choose_parts(request, script, cancel);
    if (parts.split != nullptr) {
      choice = {
          .method = Method::parts, .reason = std::move(parts.reason), .opening = {}, .split = std::move(parts.split)};
    }
  }
  if (choice.method == Method::state) {
    LiveChoice live = choose_live(request, script, cancel);
    if (live.width > 0) {
      choice = {.method = Method::live,
                .reason = std::move(live.reason),
                .opening = {},
                .split = {},
                .live_width = live.width};
    }
  }
  return choice;
}

}  // namespace basalt
