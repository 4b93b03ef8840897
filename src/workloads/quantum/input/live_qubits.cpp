#include "workloads/quantum/input/live_qubits.h"

#include <algorithm>
#include <utility>

namespace basalt::quantum {
namespace {

constexpr std::size_t kStepsPerPoll = 1024;

}  // namespace

LiveQubits::LiveQubits(Qubit qubits, Narrowing narrowing)
    : narrowing_(narrowing), singles_(qubits), axis_of_(qubits, kNone), axes_(narrowing.width) {}

void LiveQubits::take(RecordedCircuit recorded, std::vector<Recording> open, bool ends) {
  auto piece = std::make_shared<Piece>(
      Piece{.recorded = std::move(recorded), .departures = {}, .open = std::move(open), .ends = ends});
  note_departures(*piece);
  piece_ = std::move(piece);
  next_operation_ = 0;
  next_recording_ = 0;
  next_departure_ = 0;
  next_open_ = 0;
}

/// From the end to the start: a qubit may leave after an operation if what it meets next is a measurement, a reset, or
/// nothing.
void LiveQubits::note_departures(Piece& piece) {
  const Circuit& circuit = piece.recorded.circuit;
  const auto operations = circuit.operations();
  std::vector<bool> leaves(singles_.size(), piece.ends);
  for (const Recording& recording : piece.open) {
    leaves[recording.qubit] = true;
  }
  auto recording = piece.recorded.recordings.rbegin();
  const auto pass_recordings = [&](std::size_t operation) {
    for (; recording != piece.recorded.recordings.rend() && recording->before >= operation; ++recording) {
      leaves[recording->qubit] = true;
    }
  };
  for (std::size_t i = operations.size(); i-- > 0;) {
    pass_recordings(i + 1);
    const auto pass = [&](Qubit qubit) {
      if (leaves[qubit]) {
        piece.departures.push_back({.operation = i, .qubit = qubit});
        leaves[qubit] = false;
      }
    };
    for (const Control& control : circuit.controls(operations[i])) {
      pass(control.qubit);
    }
    std::ranges::for_each(circuit.targets(operations[i]), pass);
  }
  pass_recordings(0);
  std::ranges::reverse(piece.departures);
  for (Axis& axis : axes_) {
    axis.may_leave = axis.qubit != kNone && (axis.may_leave || leaves[axis.qubit]);
  }
}

LiveQubits::Stop LiveQubits::emit(Circuit& circuit, const CancelToken& cancel, std::size_t max_operations) {
  const Piece& piece = *piece_;
  const auto operations = piece.recorded.circuit.operations();
  const std::vector<Recording>& recordings = piece.recorded.recordings;
  for (std::size_t steps = 1;; ++steps) {
    if (steps % kStepsPerPoll == 0) {
      cancel.check();
    }
    if (max_operations != 0 && circuit.operations().size() >= max_operations) {
      return Stop::circuit_full;
    }
    if (next_recording_ < recordings.size() && recordings[next_recording_].before <= next_operation_) {
      if (!measure(recordings[next_recording_], circuit)) {
        return Stop::wants_outcomes;
      }
      ++next_recording_;
    } else if (next_operation_ < operations.size()) {
      if (!apply(operations[next_operation_], circuit)) {
        return Stop::wants_outcomes;
      }
      for (;
           next_departure_ < piece.departures.size() && piece.departures[next_departure_].operation == next_operation_;
           ++next_departure_) {
        if (const Qubit qubit = piece.departures[next_departure_].qubit; is_in(qubit)) {
          axes_[axis_of_[qubit]].may_leave = true;
        }
      }
      ++next_operation_;
    } else if (piece.ends && next_open_ < piece.open.size()) {
      const Qubit qubit = piece.open[next_open_].qubit;
      if (!is_in(qubit) && !known(qubit)) {
        if (!bring_in(std::span(&qubit, 1), circuit)) {
          return Stop::wants_outcomes;
        }
        axes_[axis_of_[qubit]].may_leave = true;
      }
      ++next_open_;
    } else {
      return Stop::done;
    }
  }
}

/// False where outcomes are wanted first: of this qubit, or for room.
bool LiveQubits::measure(const Recording& recording, Circuit& circuit) {
  const Qubit qubit = recording.qubit;
  const bool is_reset = recording.record == kResets;
  if (!is_in(qubit) && is_reset) {
    singles_[qubit] = {};
    return true;
  }
  if (const std::optional<bool> value = known(qubit)) {
    if (outcomes_.size() <= recording.record) {
      outcomes_.resize(std::max<std::size_t>(recording.record + 1, 2 * outcomes_.size()), kUnknown);
    }
    outcomes_[recording.record] = *value ? 1 : 0;
    return true;
  }
  if (!bring_in(std::span(&qubit, 1), circuit)) {
    return false;
  }
  wanted_.assign(1, axis_of_[qubit]);
  const std::vector<Recording>& recordings = piece_->recorded.recordings;
  for (std::size_t i = next_recording_ + 1; i < recordings.size() && recordings[i].before <= next_operation_; ++i) {
    if (is_in(recordings[i].qubit)) {
      wanted_.push_back(axis_of_[recordings[i].qubit]);
    }
  }
  std::ranges::sort(wanted_);
  wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
  return false;
}

void LiveQubits::provide(std::span<const std::uint8_t> outcomes) {
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    Axis& axis = axes_[wanted_[i]];
    const bool one = outcomes[i] != 0;
    singles_[axis.qubit] = {.zero = one ? 0.0 : 1.0, .one = one ? 1.0 : 0.0, .sure = false};
    axis_of_[axis.qubit] = kNone;
    axis = {.qubit = kNone, .one = one};
    --live_;
    ++departures_;
  }
  wanted_.clear();
}

LiveQubits::Place LiveQubits::place_of(std::uint32_t record) const {
  if (record < outcomes_.size() && outcomes_[record] != kUnknown) {
    return {.is_axis = false, .value = outcomes_[record] == 1, .axis = 0};
  }
  const auto open = std::ranges::find(piece_->open, record, &Recording::record);
  const Qubit axis = axis_of_[open->qubit];
  return {.is_axis = axis != kNone, .value = known(open->qubit).value_or(false), .axis = axis == kNone ? 0 : axis};
}

}  // namespace basalt::quantum
