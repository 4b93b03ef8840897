// Steps of the machine on qubits: gate calls, the bodies of user gates, measurement, reset.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workloads/quantum/input/broadcast.h"
#include "workloads/quantum/input/machine_state.h"

namespace basalt::quantum {
namespace {

constexpr std::size_t kMaxFrames = 10'000;

/// Outcomes that a recorded run numbers.
constexpr std::size_t kMaxRecords = std::size_t{1} << 28;

/// Up to here a power is a repetition; beyond it, the matrix is cheaper if the gate is small enough to have one.
constexpr double kMaxRepeats = 64;

}  // namespace

void append_exponent(std::vector<double>& exponents, double exponent) {
  if (!exponents.empty() && exponent == std::floor(exponent)) {
    exponents.back() *= exponent;  // (U^a)^n is U^(an) for every integer n
  } else {
    exponents.push_back(exponent);
  }
  if (exponents.size() == 1 && exponents[0] == 1) {
    exponents.clear();
  }
}

void Run::want_pending(std::span<const Qubit> qubits) {
  if (!s_.captures.empty()) {
    return;
  }
  for (const Qubit qubit : qubits) {
    if (recordings_ != nullptr) {
      record_pending(qubit);
    } else if (s_.pending[qubit]) {
      s_.wanted.push_back(qubit);
    }
  }
}

/// Puts a measurement into the circuit, here.
void Run::record_pending(Qubit qubit) {
  if (s_.pending[qubit]) {
    recordings_->push_back(
        {.before = circuit_.operations().size(), .qubit = qubit, .record = s_.records.latest[qubit]});
    s_.pending[qubit] = false;
  }
}

/// A gate mixed the qubit.
void Run::disturb(Qubit qubit) {
  s_.outcomes[qubit] = kUnknownOutcome;
  if (recordings_ != nullptr) {
    s_.records.latest[qubit] = Records::kNone;
  }
}

Run::Next Run::stop_if_wanted() {
  if (s_.wanted.empty()) {
    return Next::step;
  }
  std::ranges::sort(s_.wanted);
  s_.wanted.erase(std::unique(s_.wanted.begin(), s_.wanted.end()), s_.wanted.end());
  return Next::stop;
}

void Run::read_operands() {
  const CallSite& site = *call_.site;
  call_.qubits.clear();
  // On the stack, the first operand counts in another table.
  const bool listed = site.operands != CallSite::Operands::on_stack;
  const auto known = listed ? std::span(code_.operands).subspan(site.first_operand, site.operand_count)
                            : std::span<const std::uint32_t>();
  switch (site.operands) {
    case CallSite::Operands::qubits:
      call_.qubits.assign(known.begin(), known.end());
      call_.instances = 1;
      break;
    case CallSite::Operands::formal: {
      const Frame& frame = s_.frames.back();
      const std::size_t first = frame.qubit_base + std::size_t{frame.instance} * frame.stride + frame.own_controls;
      for (const std::uint32_t operand : known) {
        call_.qubits.push_back(s_.gate_qubits[first + operand]);
      }
      call_.instances = 1;
      break;
    }
    case CallSite::Operands::on_stack: {
      std::vector<Operand> operands(site.operand_count);
      for (std::uint32_t i = 0; i < site.operand_count; ++i) {
        operands[i] = {code_.singles[site.first_operand + i] != 0, &top(site.operand_count - 1 - i)};
      }
      call_.qubits = broadcast(operands);
      call_.instances = call_.qubits.size() / site.operand_count;
      call_.on_stack = site.operand_count;
      break;
    }
  }
}

void Run::read_modifiers() {
  const CallSite& site = *call_.site;
  call_.exponents.clear();
  call_.own_controls = 0;
  std::uint32_t power = 0;
  for (std::uint32_t i = site.modifier_count; i-- > 0;) {
    const ModifierCode& modifier = code_.modifiers[site.first_modifier + i];
    switch (modifier.kind) {
      case ModifierCode::Kind::control:
      case ModifierCode::Kind::negative_control:
        call_.own_controls += modifier.count;
        break;
      case ModifierCode::Kind::inverse:
        append_exponent(call_.exponents, -1);
        break;
      case ModifierCode::Kind::power: {
        const double exponent = top(call_.on_stack + power++).real();
        if (!std::isfinite(exponent)) {
          throw Fault{fmt::format("a gate to the power of {}", exponent), "use a finite exponent"};
        }
        append_exponent(call_.exponents, exponent);
        break;
      }
    }
  }
  call_.on_stack += power;
  if (s_.frames.back().inverse) {
    append_exponent(call_.exponents, -1);
  }
}

void Run::read_parameters() {
  const CallSite& site = *call_.site;
  if (site.constant_parameters) {
    call_.parameters = std::span(code_.parameters).subspan(site.first_parameter, site.parameter_count);
    return;
  }
  parameters_.resize(site.parameter_count);
  for (std::uint32_t i = 0; i < site.parameter_count; ++i) {
    const double radians = top(call_.on_stack + site.parameter_count - 1 - i).real();
    if (!std::isfinite(radians)) {
      throw Fault{fmt::format("parameter {} of a gate is {}, which is no angle", i + 1, radians),
                  "check how it is computed"};
    }
    parameters_[i] = radians;
  }
  call_.parameters = parameters_;
  call_.on_stack += site.parameter_count;
}

Run::Next Run::gate(const Instruction& in) {
  call_.site = &code_.calls[in.a];
  call_.on_stack = 0;
  s_.wanted.clear();
  read_operands();
  read_modifiers();
  read_parameters();
  return call_.site->native ? call_native() : call_gate();
}

void Run::set_own_controls(const CallSite& site, std::span<const Qubit> qubits, std::span<Control> controls) const {
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < site.modifier_count; ++i) {
    const ModifierCode& modifier = code_.modifiers[site.first_modifier + i];
    if (modifier.kind != ModifierCode::Kind::control && modifier.kind != ModifierCode::Kind::negative_control) {
      continue;
    }
    for (std::uint32_t c = 0; c < modifier.count; ++c, ++next) {
      controls[next] = {qubits[next], modifier.kind == ModifierCode::Kind::control};
    }
  }
}

Run::Next Run::call_native() {
  const CallSite& site = *call_.site;
  const std::size_t stride = site.operand_count;
  const std::size_t controls = call_.own_controls + site.control_count;
  const std::span<const Qubit> qubits = call_.qubits;
  if (!gate_row(site.gate).structure.diagonal) {
    for (std::size_t i = 0; i < call_.instances; ++i) {
      want_pending(qubits.subspan(i * stride + controls, stride - controls));
    }
    if (stop_if_wanted() == Next::stop) {
      return Next::stop;
    }
  }
  const Frame& frame = s_.frames.back();
  const auto outer = std::span(s_.controls).subspan(frame.control_base, frame.control_count);
  control_list_.assign(outer.begin(), outer.end());
  control_list_.resize(outer.size() + controls);
  const auto own = std::span(control_list_).subspan(outer.size());
  const auto parameters = call_.parameters.first(gate_row(site.gate).parameter_count);
  for (std::size_t i = 0; i < call_.instances; ++i) {
    const auto operands = qubits.subspan(i * stride, stride);
    set_own_controls(site, operands, own);
    for (std::size_t c = call_.own_controls; c < controls; ++c) {
      own[c] = {operands[c], true};
    }
    if (call_.exponents.empty()) {
      emit(site.gate, parameters, control_list_, operands.subspan(controls));
    } else {
      emit_power(site.gate, parameters, call_.exponents, control_list_, operands.subspan(controls));
    }
    if (i % 4096 == 4095) {
      poll();
    }
  }
  s_.stack.resize(s_.stack.size() - call_.on_stack);
  return Next::step;
}

Run::Next Run::call_gate() {
  const GateCode& gate = code_.gates[call_.site->callee];
  const auto& exponents = call_.exponents;
  const bool integer = exponents.empty() || (exponents.size() == 1 && exponents[0] == std::floor(exponents[0]));
  const double power = exponents.empty() ? 1 : exponents[0];
  const bool small = gate.operand_count <= kMaxGateTargets;
  if (call_.instances == 0 || (integer && power == 0)) {
    s_.stack.resize(s_.stack.size() - call_.on_stack);
    return Next::step;
  }
  if (integer && (std::abs(power) <= kMaxRepeats || (!small && std::abs(power) < 0x1p63))) {
    return begin_gate(static_cast<std::uint64_t>(std::abs(power)), power < 0, false);
  }
  if (!small) {
    throw Fault{fmt::format("'{}' acts on {} qubits: its power {} cannot be computed", gate.name, gate.operand_count,
                            exponents.back()),
                fmt::format("powers that are no integers work for gates on at most {} qubits", kMaxGateTargets)};
  }
  // The power of a matrix mixes all operands.
  for (std::size_t i = 0; i < call_.instances; ++i) {
    want_pending(
        std::span(call_.qubits).subspan(i * call_.site->operand_count + call_.own_controls, gate.operand_count));
  }
  if (stop_if_wanted() == Next::stop) {
    return Next::stop;
  }
  return begin_gate(1, false, true);
}

Run::Next Run::begin_gate(std::uint64_t repeats, bool inverse, bool capture) {
  const CallSite& site = *call_.site;
  const GateCode& gate = code_.gates[site.callee];
  if (s_.frames.size() >= kMaxFrames) {
    throw Fault{fmt::format("gates nest deeper than {}", kMaxFrames), "define the gate with fewer levels"};
  }
  const Frame caller = s_.frames.back();
  Frame frame;
  frame.kind = Frame::Kind::gate;
  frame.return_pc = s_.pc + 1;
  frame.slot_base = static_cast<std::uint32_t>(s_.slots.size());
  frame.bit_base = static_cast<std::uint32_t>(s_.bits.size());
  frame.call = static_cast<std::uint32_t>(&site - code_.calls.data());
  frame.qubit_base = static_cast<std::uint32_t>(s_.gate_qubits.size());
  frame.stride = site.operand_count;
  frame.own_controls = call_.own_controls;
  frame.instance_count = static_cast<std::uint32_t>(call_.instances);
  frame.control_base = static_cast<std::uint32_t>(s_.controls.size());
  frame.repeats = repeats;
  frame.repeats_left = repeats;
  frame.entry = inverse ? gate.reversed_entry : gate.entry;
  frame.inverse = inverse;
  frame.capture = capture;
  if (capture) {
    // It runs on qubits of its own, numbered from 0; those of the instances wait behind them.
    const std::size_t size = std::size_t{1} << gate.operand_count;
    Capture& captured = s_.captures.emplace_back();
    captured.qubit_count = gate.operand_count;
    captured.exponents = call_.exponents;
    captured.matrix.assign(size * size, 0);
    for (std::size_t i = 0; i < size; ++i) {
      captured.matrix[i * size + i] = 1;
    }
    s_.gate_qubits.resize(s_.gate_qubits.size() + frame.own_controls, 0);
    for (Qubit i = 0; i < gate.operand_count; ++i) {
      s_.gate_qubits.push_back(i);
    }
  } else {
    const auto outer = std::vector<Control>(s_.controls.begin() + caller.control_base,
                                            s_.controls.begin() + caller.control_base + caller.control_count);
    s_.controls.insert(s_.controls.end(), outer.begin(), outer.end());
    s_.controls.resize(s_.controls.size() + frame.own_controls);
    frame.control_count = caller.control_count + frame.own_controls;
  }
  s_.gate_qubits.insert(s_.gate_qubits.end(), call_.qubits.begin(), call_.qubits.end());
  s_.slots.resize(s_.slots.size() + gate.slot_count);
  for (std::uint32_t i = 0; i < gate.parameter_count; ++i) {
    s_.slots[frame.slot_base + i] = value_of_real(call_.parameters[i]);
  }
  s_.stack.resize(s_.stack.size() - call_.on_stack);
  s_.frames.push_back(frame);
  enter_instance(s_.frames.back());
  return Next::stay;
}

void Run::enter_instance(Frame& frame) {
  frame.repeats_left = frame.repeats;
  if (!frame.capture) {
    const auto qubits =
        std::span(s_.gate_qubits).subspan(frame.qubit_base + std::size_t{frame.instance} * frame.stride, frame.stride);
    const auto own = std::span(s_.controls)
                         .subspan(frame.control_base + frame.control_count - frame.own_controls, frame.own_controls);
    set_own_controls(code_.calls[frame.call], qubits, own);
  }
  s_.pc = frame.entry;
}

Run::Next Run::gate_end() {
  Frame& frame = s_.frames.back();
  if (--frame.repeats_left > 0) {
    return jump(frame.entry);
  }
  if (!frame.capture && ++frame.instance < frame.instance_count) {
    enter_instance(frame);
    return Next::stay;
  }
  const Frame ended = frame;
  s_.frames.pop_back();
  if (ended.capture) {
    finish_capture(ended);
  }
  s_.slots.resize(ended.slot_base);
  s_.gate_qubits.resize(ended.qubit_base);
  s_.controls.resize(ended.control_base);
  return jump(ended.return_pc);
}

/// What a classical bit holds that a qubit is measured into.
Cell Run::measured_cell(Qubit qubit) {
  if (s_.outcomes[qubit] != kUnknownOutcome) {
    return s_.outcomes[qubit];
  }
  if (recordings_ == nullptr) {
    s_.pending[qubit] = true;
    return kPending + qubit;
  }
  std::uint32_t& latest = s_.records.latest[qubit];
  if (latest == Records::kNone) {
    if (s_.records.qubits.size() == kMaxRecords) {
      throw Fault{fmt::format("the program measures more than {} times", kMaxRecords),
                  "run it with --method state, which keeps no more than the bits that the program has"};
    }
    latest = static_cast<std::uint32_t>(s_.records.qubits.size());
    s_.records.qubits.push_back(qubit);
    s_.pending[qubit] = true;
  }
  return kPending + latest;
}

Run::Next Run::measure(const Instruction& in) {
  s_.measured = true;
  if (in.sub == kSingle) {
    const Cell cell = measured_cell(static_cast<Qubit>(top().word));
    top() = value_of(cell);
    top().lazy = cell >= kPending;
    return Next::step;
  }
  const Value qubits = pop();
  check_room(qubits.list->size());
  std::vector<Cell> cells;
  cells.reserve(qubits.list->size());
  for (const Qubit qubit : *qubits.list) {
    cells.push_back(measured_cell(qubit));
  }
  push(value_of_list(std::move(cells), true));
  return Next::step;
}

void Run::make_zero(Qubit qubit) {
  if (s_.outcomes[qubit] == kUnknownOutcome) {
    record_pending(qubit);
    recordings_->push_back({.before = circuit_.operations().size(), .qubit = qubit});
  } else if (s_.outcomes[qubit] == 1) {
    emit(GateId::x, {}, {}, std::span(&qubit, 1));
  }
  disturb(qubit);
  s_.outcomes[qubit] = 0;
}

Run::Next Run::reset(const Instruction& in) {
  const Qubit one = in.sub == kSingle ? static_cast<Qubit>(top().word) : 0;
  const std::span<const Qubit> qubits = in.sub == kSingle ? std::span(&one, 1) : std::span(*top().list);
  s_.wanted.clear();
  for (const Qubit qubit : qubits) {
    if (s_.outcomes[qubit] == kUnknownOutcome && recordings_ == nullptr) {
      s_.wanted.push_back(qubit);
    }
  }
  if (stop_if_wanted() == Next::stop) {
    return Next::stop;
  }
  for (const Qubit qubit : qubits) {
    make_zero(qubit);
  }
  s_.stack.pop_back();
  return Next::step;
}

}  // namespace basalt::quantum
