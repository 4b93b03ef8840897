// Gates on live qubits: on two amplitudes, or on axes of the state once all that they touch is in it.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "workloads/quantum/input/live_qubits.h"

namespace basalt::quantum {
namespace {

/// An amplitude below this is rounding.
constexpr double kNothing = 1e-12;

}  // namespace

std::optional<bool> LiveQubits::known(Qubit qubit) const {
  const Single& single = singles_[qubit];
  if (is_in(qubit)) {
    return std::nullopt;
  }
  return std::abs(single.one) < kNothing    ? std::optional(false)
         : std::abs(single.zero) < kNothing ? std::optional(true)
                                            : std::nullopt;
}

/// The controls that decide something, into controls_. False where another says that the gate does nothing. `sure`:
/// that is so whatever the outcomes were.
bool LiveQubits::read_controls(const Operation& op, bool& sure) {
  controls_.clear();
  for (const Control& control : piece_->recorded.circuit.controls(op)) {
    const std::optional<bool> value = known(control.qubit);
    if (!value) {
      controls_.push_back(control);
      continue;
    }
    const bool may_differ = narrowing_.surveys && !singles_[control.qubit].sure;
    if (*value != control.value && !may_differ) {
      return false;
    }
    sure = sure && singles_[control.qubit].sure;
  }
  return true;
}

/// False where outcomes are wanted first.
bool LiveQubits::apply(const Operation& op, Circuit& circuit) {
  const Circuit& from = piece_->recorded.circuit;
  const std::span<const Qubit> targets = from.targets(op);
  bool sure = true;
  if (op.gate == GateId::id || !read_controls(op, sure)) {
    return true;
  }
  if (controls_.empty() && targets.empty()) {
    return true;  // a phase of everything, which no count shows
  }
  if (controls_.empty() && op.gate == GateId::swap) {
    exchange(targets[0], targets[1]);
    return true;
  }
  if (targets.size() == 1 && !is_in(targets[0])) {
    Single& single = singles_[targets[0]];
    if (controls_.empty()) {
      turn(single, from.matrix(op));
      single.sure = single.sure && sure;
      return true;
    }
    if (const auto value = known(targets[0]); value && single.sure && gate_row(op.gate).structure.diagonal) {
      if (from.matrix(op)[*value ? 3 : 0] == Complex(1)) {
        return true;
      }
    }
  }
  operands_.clear();
  std::ranges::transform(controls_, std::back_inserter(operands_), &Control::qubit);
  operands_.insert(operands_.end(), targets.begin(), targets.end());
  if (!bring_in(operands_, circuit)) {
    return false;
  }
  for (Control& control : controls_) {
    control.qubit = axis_of_[control.qubit];
  }
  operands_.assign(targets.begin(), targets.end());
  std::ranges::transform(operands_, operands_.begin(), [&](Qubit qubit) { return axis_of_[qubit]; });
  if (op.gate == GateId::matrix) {
    circuit.append_matrix(from.matrix(op), controls_, operands_);
  } else {
    circuit.append(op.gate, from.parameters(op), controls_, operands_);
  }
  return true;
}

void LiveQubits::turn(Single& single, std::span<const Complex> matrix) const {
  const Complex zero = matrix[0] * single.zero + matrix[1] * single.one;
  const Complex one = matrix[2] * single.zero + matrix[3] * single.one;
  const double length = std::hypot(std::abs(zero), std::abs(one));
  single.zero = zero / length;
  single.one = one / length;
}

/// A SWAP moves nothing.
void LiveQubits::exchange(Qubit a, Qubit b) {
  std::swap(singles_[a], singles_[b]);
  std::swap(axis_of_[a], axis_of_[b]);
  for (const Qubit qubit : {a, b}) {
    if (is_in(qubit)) {
      axes_[axis_of_[qubit]] = {.qubit = qubit};
    }
  }
}

/// Those of `qubits` that are outside come into the state. False where others have to leave first.
bool LiveQubits::bring_in(std::span<const Qubit> qubits, Circuit& circuit) {
  const auto outside = static_cast<Qubit>(std::ranges::count_if(qubits, [&](Qubit qubit) { return !is_in(qubit); }));
  if (outside == 0) {
    return true;
  }
  if (narrowing_.surveys || live_ + outside > axes_.size()) {
    want_all_that_may_leave();
    if (!wanted_.empty()) {
      return false;
    }
  }
  if (live_ + outside > axes_.size()) {
    throw TooNarrow{.needed = live_ + outside};
  }
  for (const Qubit qubit : qubits) {
    if (!is_in(qubit)) {
      join(qubit, circuit);
    }
  }
  return true;
}

/// On the first free axis: states are small where the high axes are untouched.
void LiveQubits::join(Qubit qubit, Circuit& circuit) {
  const auto free = std::ranges::find(axes_, kNone, &Axis::qubit);
  const auto axis = static_cast<Qubit>(free - axes_.begin());
  const auto [zero, one, sure] = singles_[qubit];
  if (const std::optional<bool> value = known(qubit)) {
    if (*value != free->one) {
      circuit.append(GateId::x, {}, {}, std::span(&axis, 1));
    }
  } else if (free->one) {
    circuit.append_matrix({-std::conj(one), zero, std::conj(zero), one}, {}, std::span(&axis, 1));
  } else {
    circuit.append_matrix({zero, -std::conj(one), one, std::conj(zero)}, {}, std::span(&axis, 1));
  }
  *free = {.qubit = qubit};
  axis_of_[qubit] = axis;
  peak_ = std::max(peak_, ++live_);
}

void LiveQubits::want_all_that_may_leave() {
  wanted_.clear();
  for (Qubit axis = 0; axis < axes_.size(); ++axis) {
    if (axes_[axis].may_leave) {
      wanted_.push_back(axis);
    }
  }
}

}  // namespace basalt::quantum
