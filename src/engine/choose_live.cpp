#include "engine/choose_live.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "basalt/error.h"
#include "engine/choices.h"
#include "workloads/quantum/input/live_qubits.h"
#include "workloads/quantum/input/machine.h"

namespace basalt {
namespace {

using quantum::Machine;
using quantum::Qubit;

/// Gates on states of fewer qubits may take no longer than it takes to look at them.
constexpr Qubit kWorthLooking = 20;

/// A state is at least this wide: so few amplitudes cost nothing, and qubits that leave together cost less than one
/// after another.
constexpr Qubit kLeastWidth = 10;

/// Gates times amplitudes that one state is given, where it has them all: up to here it takes some 5 ms.
constexpr double kWorthBranching = 1e8;

/// By how many qubits a state has to be narrower, beside those that the number of branches takes back.
constexpr std::uint64_t kMargin = 3;

constexpr std::size_t kFirstPiece = 1024;
constexpr std::uint64_t kMostGates = std::uint64_t{1} << 20;

struct Survey {
  Qubit peak = 0;
  std::uint64_t departures = 0;
  std::uint64_t gates = 0;
};

std::string what_needs_all_qubits(const Request& request, const quantum::Script& script) {
  if (request.top > 0) {
    return "--top";
  }
  if (!request.save_state.empty()) {
    return "--save-state";
  }
  if (!request.observables.empty()) {
    return "--observable";
  }
  if (!request.probability_qubits.empty()) {
    return "--probabilities";
  }
  if (!request.checkpoint.folder.empty()) {
    return "--checkpoint";
  }
  if (asks_for_nothing(request, script)) {
    return "a program without classical bits, of which the most probable states are shown,";
  }
  return {};
}

std::shared_ptr<const quantum::Script> with(const quantum::Script& script, const quantum::Narrowing& narrowing) {
  auto narrow = std::make_shared<quantum::Script>(script);
  narrow->qubit_count = narrowing.width;
  narrow->narrowing = narrowing;
  return narrow;
}

/// Nothing where more than `most` qubits are live at a time, or gates are too many to be looked at.
std::optional<Survey> survey(const quantum::Script& script, Qubit most, const CancelToken& cancel) {
  Machine machine(with(script, {.width = most, .surveys = true}));
  quantum::Circuit circuit(most);
  Survey found;
  try {
    for (;;) {
      circuit.clear();
      const Machine::Status status = machine.advance(circuit, cancel, kFirstPiece);
      found.gates += circuit.operations().size();
      found.peak = machine.live()->peak();
      found.departures = machine.live()->departures();
      if (status == Machine::Status::finished) {
        return found;
      }
      if (found.gates + found.departures > kMostGates) {
        return std::nullopt;
      }
      if (status == Machine::Status::needs_outcomes) {
        machine.provide(std::vector<std::uint8_t>(machine.wanted().size(), 0));
      }
    }
  } catch (const quantum::TooNarrow&) {
    return std::nullopt;
  }
}

}  // namespace

LiveChoice choose_live(const Request& request, const std::shared_ptr<const quantum::Script>& script,
                       const CancelToken& cancel) {
  const bool forced = request.method == Method::live;
  const Qubit qubits = script->qubit_count;
  const bool names_device = request.backend == Backend::vulkan || !request.device.empty();
  if (!forced && (qubits < kWorthLooking || names_device)) {
    return {};  // branches of small states are no work for a device
  }
  if (const std::string needs = what_needs_all_qubits(request, *script); !needs.empty()) {
    if (forced) {
      throw Error(ErrorCode::bad_usage, fmt::format("--method live lets qubits go, and {} needs them all", needs),
                  "ask for counts, or give --method state");
    }
    return {.reason = needs + " needs all qubits"};
  }
  const auto branches = static_cast<std::uint64_t>(std::bit_width(request.shots));
  const std::optional<Survey> found = survey(*script, forced ? qubits : qubits - kMargin, cancel);
  if (!found) {
    if (forced) {
      throw Error(ErrorCode::unsupported, "--method live: the program has more gates than are looked at",
                  "leave --method out, or give --method state");
    }
    return {.reason = "all qubits are entangled at a time"};
  }
  const Qubit width = std::max({found->peak, std::min(qubits, kLeastWidth), Qubit{1}});
  const bool is_worth = std::min(found->departures, branches) + width + kMargin <= qubits &&
                        static_cast<double>(found->gates) * std::exp2(qubits) > kWorthBranching;
  if (!forced && !is_worth) {
    return {.reason = "it would be done no sooner"};
  }
  return {.reason = forced ? "--method live"
                           : fmt::format("at most {} of the {} qubits have to be in the state at a time", found->peak,
                                         qubits),
          .width = width};
}

std::shared_ptr<const quantum::Script> narrowed(const quantum::Script& script, Qubit width) {
  return with(script, {.width = width});
}

}  // namespace basalt
