// Gates leave the machine here: into the circuit, or into the matrix of a gate whose power is being computed.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <optional>

#include "workloads/quantum/input/machine_state.h"

namespace basalt::quantum {
namespace {

constexpr double kPi = std::numbers::pi;

bool is_whole(double x) {
  return x == std::floor(x);
}

bool is_odd(double whole) {
  return std::fmod(whole, 2) != 0;
}

/// The phase of exp(i·phase) in (−π, π].
double principal(double phase) {
  const double wrapped = std::remainder(phase, 2 * kPi);
  return wrapped <= -kPi ? kPi : wrapped;
}

/// The phase that a gate gives to |1⟩ (or to everything, for gphase), if that is all that it does.
std::optional<double> phase_of(GateId gate, std::span<const double> parameters) {
  switch (gate) {
    case GateId::gphase:
    case GateId::p:
      return parameters[0];
    case GateId::z:
      return kPi;
    case GateId::s:
      return kPi / 2;
    case GateId::sdg:
      return -kPi / 2;
    case GateId::t:
      return kPi / 4;
    case GateId::tdg:
      return -kPi / 4;
    default:
      return std::nullopt;
  }
}

/// Whether the gate is exp(−i θ/2 · A) with A² = 1.
bool is_rotation(GateId gate) {
  switch (gate) {
    case GateId::rx:
    case GateId::ry:
    case GateId::rz:
    case GateId::rxx:
    case GateId::ryy:
    case GateId::rzz:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Run::emit(GateId gate, std::span<const double> parameters, std::span<const Control> controls,
               std::span<const Qubit> targets) {
  if (!s_.captures.empty()) {
    Capture& capture = s_.captures.back();
    apply_to_matrix(capture.matrix, capture.qubit_count, gate_matrix(gate, parameters), controls, targets);
    return;
  }
  circuit_.append(gate, parameters, controls, targets);
  if (!gate_row(gate).structure.diagonal) {
    for (const Qubit target : targets) {
      disturb(target);
    }
  }
}

void Run::emit_matrix(std::vector<Complex> matrix, std::span<const Control> controls, std::span<const Qubit> targets) {
  if (targets.empty()) {
    const std::array<double, 1> phase{std::arg(matrix[0])};
    emit(GateId::gphase, phase, controls, targets);
    return;
  }
  if (!s_.captures.empty()) {
    Capture& capture = s_.captures.back();
    apply_to_matrix(capture.matrix, capture.qubit_count, matrix, controls, targets);
    return;
  }
  circuit_.append_matrix(std::move(matrix), controls, targets);
  for (const Qubit target : targets) {
    disturb(target);
  }
}

void Run::emit_power(GateId gate, std::span<const double> parameters, std::span<const double> exponents,
                     std::span<const Control> controls, std::span<const Qubit> targets) {
  const GateRow& row = gate_row(gate);
  const bool single = exponents.size() == 1;
  const double exponent = exponents[0];
  if (gate == GateId::id) {
    emit(gate, {}, controls, targets);
    return;
  }
  if (single && exponent == -1) {
    if (row.inverse_is_native) {
      std::vector<double> negated(parameters.begin(), parameters.end());
      if (row.inverse_negates) {
        std::ranges::transform(negated, negated.begin(), std::negate());
      }
      emit(row.inverse, negated, controls, targets);
      return;
    }
    switch (gate) {
      case GateId::u:
      case GateId::u3:
        emit(gate, std::array{-parameters[0], -parameters[2], -parameters[1]}, controls, targets);
        return;
      case GateId::u2:
        emit(GateId::u3, std::array{-kPi / 2, -parameters[1], -parameters[0]}, controls, targets);
        return;
      case GateId::cu_target:
        emit(gate, std::array{-parameters[0], -parameters[2], -parameters[1], -parameters[3]}, controls, targets);
        return;
      default:
        emit_matrix(matrix_adjoint(gate_matrix(gate, parameters)), controls, targets);
        return;
    }
  }
  if (const std::optional<double> phase = phase_of(gate, parameters)) {
    double total = *phase;
    for (const double e : exponents) {
      total = is_whole(e) ? std::remainder(total * e, 2 * kPi) : principal(total) * e;
    }
    emit(gate == GateId::gphase ? GateId::gphase : GateId::p, std::array{total}, controls, targets);
    return;
  }
  if (single && is_rotation(gate) && (is_whole(exponent) || std::abs(parameters[0]) < 2 * kPi)) {
    emit(gate, std::array{parameters[0] * exponent}, controls, targets);
    return;
  }
  if (single && is_whole(exponent) && row.inverse == gate && row.inverse_is_native && parameters.empty()) {
    if (is_odd(exponent)) {
      emit(gate, {}, controls, targets);
    }
    return;
  }
  std::vector<Complex> matrix = gate_matrix(gate, parameters);
  for (const double e : exponents) {
    matrix = matrix_power(matrix, e);
  }
  emit_matrix(std::move(matrix), controls, targets);
}

void Run::finish_capture(const Frame& frame) {
  Capture capture = std::move(s_.captures.back());
  s_.captures.pop_back();
  for (const double exponent : capture.exponents) {
    capture.matrix = matrix_power(capture.matrix, exponent);
  }
  const Frame& caller = s_.frames.back();
  const auto outer = std::span(s_.controls).subspan(caller.control_base, caller.control_count);
  std::vector<Control> controls(outer.begin(), outer.end());
  controls.resize(outer.size() + frame.own_controls);
  for (std::size_t i = 0; i < frame.instance_count; ++i) {
    const auto qubits = std::span(s_.gate_qubits).subspan(frame.qubit_base + (i + 1) * frame.stride, frame.stride);
    set_own_controls(code_.calls[frame.call], qubits, std::span(controls).subspan(outer.size()));
    emit_matrix(capture.matrix, controls, qubits.subspan(frame.own_controls));
  }
}

void apply_to_matrix(std::vector<Complex>& matrix, std::uint32_t qubit_count, std::span<const Complex> gate,
                     std::span<const Control> controls, std::span<const Qubit> targets) {
  const std::size_t size = std::size_t{1} << qubit_count;
  const std::size_t block = std::size_t{1} << targets.size();
  std::size_t target_mask = 0;
  for (const Qubit target : targets) {
    target_mask |= std::size_t{1} << target;
  }
  std::vector<std::size_t> offsets(block, 0);
  for (std::size_t value = 0; value < block; ++value) {
    for (std::size_t t = 0; t < targets.size(); ++t) {
      offsets[value] |= (value >> t & 1) << targets[t];
    }
  }
  std::vector<Complex> column(block);
  for (std::size_t row = 0; row < size; ++row) {
    const bool acts = std::ranges::all_of(
        controls, [&](const Control& control) { return (row >> control.qubit & 1) == (control.value ? 1U : 0U); });
    if ((row & target_mask) != 0 || !acts) {
      continue;
    }
    for (std::size_t c = 0; c < size; ++c) {
      for (std::size_t j = 0; j < block; ++j) {
        column[j] = matrix[(row | offsets[j]) * size + c];
      }
      for (std::size_t i = 0; i < block; ++i) {
        Complex sum = 0;
        for (std::size_t j = 0; j < block; ++j) {
          sum += gate[i * block + j] * column[j];
        }
        matrix[(row | offsets[i]) * size + c] = sum;
      }
    }
  }
}

}  // namespace basalt::quantum
