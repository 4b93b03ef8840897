// The machine of a script that is run on a narrow state.
#include <algorithm>
#include <iterator>

#include "workloads/quantum/input/machine_state.h"

namespace basalt::quantum {
namespace {

/// Of a recorded run that is given to live qubits: as far as they look ahead.
constexpr std::size_t kOperationsAtATime = std::size_t{1} << 20;

}  // namespace

/// The program is read as a recorded run as far as it goes, and given to the qubits that are live.
Machine::Status Machine::advance_live(Circuit& circuit, const CancelToken& cancel, std::size_t max_operations) {
  State& s = *state_;
  for (;;) {
    if (s.live_stop) {
      switch (s.live->emit(circuit, cancel, max_operations)) {
        case LiveQubits::Stop::wants_outcomes:
          return Status::needs_outcomes;
        case LiveQubits::Stop::circuit_full:
          return Status::circuit_full;
        case LiveQubits::Stop::done:
          break;
      }
      if (s.live_stop == Status::finished) {
        return Status::finished;
      }
      if (s.live_stop == Status::needs_outcomes) {
        std::vector<std::uint8_t> outcomes;
        std::ranges::transform(s.wanted, std::back_inserter(outcomes),
                               [&](std::uint32_t record) { return s.live->outcome(record) ? 1 : 0; });
        settle(outcomes);
      }
    }
    RecordedCircuit recorded{.circuit = Circuit(s.script->code->qubit_count), .recordings = {}};
    s.live_stop = advance(recorded.circuit, &recorded.recordings, cancel, kOperationsAtATime);
    s.live->take(std::move(recorded), open_recordings(), s.live_stop == Status::finished);
  }
}

const LiveQubits* Machine::live() const {
  return state_->live ? &*state_->live : nullptr;
}

BitSource Machine::source_of(std::uint32_t waiting) const {
  if (!state_->live) {
    return {.is_qubit = true, .value = false, .qubit = waiting};
  }
  const LiveQubits::Place place = state_->live->place_of(waiting);
  return {.is_qubit = place.is_axis, .value = place.value, .qubit = place.axis};
}

}  // namespace basalt::quantum
