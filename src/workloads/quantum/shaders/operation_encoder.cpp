#include "workloads/quantum/shaders/operation_encoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

#include "workloads/quantum/shaders/stage_words.h"

namespace basalt::quantum {
namespace {

using Complex = std::complex<double>;

/// Below this a common factor is applied, before single precision could lose it.
constexpr double kLeastFactor = 1e-6;
/// A matrix is divided by its first entry where that is at least so large. What the others become is no loss of
/// precision: all is multiplied by that entry in the end.
constexpr double kLeastPivot = 1e-3;
constexpr double kEntryTolerance = 1e-15;
/// Of what rounding leaves of a relation between entries that were divided.
constexpr double kRatioTolerance = 1e-14;

bool is_real(Complex value) {
  return std::abs(value.imag()) <= kEntryTolerance;
}

bool is_imaginary(Complex value) {
  return std::abs(value.real()) <= kEntryTolerance;
}

}  // namespace

void OperationEncoder::add(const Step& step, Pass& pass) {
  if (step.kernel == "quantum/exchange") {
    add_exchange(*static_cast<const ExchangeOperands*>(step.operands.get()), pass);
  } else {
    add_dense(*static_cast<const DenseOperands*>(step.operands.get()), pass);
  }
}

std::uint32_t OperationEncoder::begin_data() {
  data_.align();
  return data_.size();
}

/// An operation on a register, under controls. Its data follow.
Single OperationEncoder::on_register(std::uint32_t code, int tile_axis, const ControlMask& control,
                                     double flops_per_element, const RegisterMap& map) {
  const SplitControl parts = axes_.split(control);
  Single single{.code = code, .position = static_cast<std::uint32_t>(map.position_of(tile_axis))};
  single.wanted = map.registers_where(parts.tile);
  single.tile = {parts.tile.mask & ~map.registers(), parts.tile.value & ~map.registers()};
  single.outer = parts.field;
  single.code |= control.mask != 0 ? kControlled : 0;
  single.mixes = control.mask != 0 ? kAllPositions : 1U << single.position;
  single.flops_per_element = flops_per_element;
  single.data = begin_data();
  return single;
}

Single OperationEncoder::through_memory(std::uint32_t code, const ControlMask& control) {
  const SplitControl parts = axes_.split(control);
  Single single{.code = code};
  single.tile = parts.tile;
  single.outer = parts.field;
  single.data = begin_data();
  return single;
}

void OperationEncoder::add_exchange(const ExchangeOperands& operands, Pass& pass) {
  if (std::popcount(operands.flip) == 1) {
    const ControlMask control{operands.control.mask & ~operands.flip, operands.control.value & ~operands.flip};
    // which of a pair the mask selects is all one
    pass.layers.add(on_register(kExchange, axes_.number_of(std::countr_zero(operands.flip)), control, 0, pass.map));
    return;
  }
  Single single = through_memory(kFlipShared, operands.control);
  single.data = static_cast<std::uint32_t>(axes_.inside(operands.flip));
  pass.layers.add(single);
}

void OperationEncoder::add_dense(const DenseOperands& operands, Pass& pass) {
  if (operands.target_count == 1) {
    add_single(operands, pass);
    return;
  }
  if (operands.target_count == 2 && operands.control.mask == 0 && couples_by_parity(operands.matrix)) {
    add_coupling(operands, pass);
    return;
  }
  Single single = through_memory(kDenseShared, operands.control);
  single.position = operands.target_count;
  single.flops_per_element = 8.0 * static_cast<double>(1U << operands.target_count);
  for (std::size_t i = 0; i < operands.target_count; ++i) {
    data_.add(static_cast<std::uint32_t>(axes_.number_of(operands.targets[i])));
  }
  for (std::size_t i = operands.target_count; i < kTargetWords; ++i) {
    data_.add(0);
  }
  for (const Complex& entry : operands.matrix) {
    data_.add_complex(entry);
  }
  pass.layers.add(single);
}

void OperationEncoder::add_coupling(const DenseOperands& operands, Pass& pass) {
  const RegisterMap& map = pass.map;
  const auto low = static_cast<std::uint32_t>(map.position_of(axes_.number_of(operands.targets[0])));
  const auto high = static_cast<std::uint32_t>(map.position_of(axes_.number_of(operands.targets[1])));
  const auto entry = [&](std::size_t row, std::size_t column) { return operands.matrix[4 * row + column].real(); };
  const auto rotates = [&](std::size_t a, std::size_t b) {
    return std::abs(entry(a, a) - entry(b, b)) <= kRatioTolerance &&
           std::abs(entry(a, b) + entry(b, a)) <= kRatioTolerance;
  };
  if (std::abs(entry(0, 0)) >= kLeastPivot && rotates(0, 3) && rotates(1, 2)) {
    pass.layers.add_coupling({.low = low,
                              .high = high,
                              .p = entry(0, 3) / entry(0, 0),
                              .u = entry(1, 1) / entry(0, 0),
                              .v = entry(1, 2) / entry(0, 0)});
    take_out(entry(0, 0), pass.layers);
    return;
  }
  pass.layers.add({.code = kCouple,
                   .position = low | high << 4,
                   .data = begin_data(),
                   .mixes = 1U << low | 1U << high,
                   .flops_per_element = 6});
  for (const std::size_t i : {0, 3, 12, 15, 5, 6, 9, 10}) {
    data_.add_real(operands.matrix[i].real());
  }
}

void OperationEncoder::add_single(const DenseOperands& operands, Pass& pass) {
  const int axis = axes_.number_of(operands.targets[0]);
  const auto& m = operands.matrix;
  if (operands.control.mask == 0 ? add_rotation(operands, pass) : add_controlled_unit(axis, operands, pass)) {
    return;
  }
  const bool real = std::ranges::all_of(m, [](const Complex& entry) { return entry.imag() == 0; });
  pass.layers.add(on_register(real ? kReal : kDense, axis, operands.control, real ? 6 : 14, pass.map));
  for (const Complex& entry : m) {
    if (real) {
      data_.add_real(entry.real());
    } else {
      data_.add_complex(entry);
    }
  }
}

/// False where the matrix is no rotation by a real or imaginary tangent, nor one with the sign of 1 changed.
bool OperationEncoder::add_rotation(const DenseOperands& operands, Pass& pass) {
  const auto& m = operands.matrix;
  if (std::abs(m[0]) < kLeastPivot) {
    return false;
  }
  const Complex p = m[1] / m[0];
  const Complex q = m[2] / m[0];
  const Complex s = m[3] / m[0];
  const auto fits = [&](Complex below, double last) {
    return std::abs(q - below) <= kRatioTolerance * std::abs(p) && std::abs(s - last) <= kRatioTolerance;
  };
  const bool reflects = is_real(p) && fits(p, -1);
  const bool real = reflects || (is_real(p) && fits(-p, 1));
  if (!real && !(is_imaginary(p) && fits(p, 1))) {
    return false;
  }
  const int axis = axes_.number_of(operands.targets[0]);
  const auto position = static_cast<std::uint32_t>(pass.map.position_of(axis));
  pass.layers.add_rotation(real ? kRotateReal : kRotateImaginary, position, real ? p.real() : p.imag());
  if (reflects) {
    const std::uint64_t bit = std::uint64_t{1} << operands.targets[0];
    phases_.wait({.mask = bit, .value = bit, .angle = std::numbers::pi, .parity = false});
  }
  take_out(m[0], pass.layers);
  return true;
}

bool OperationEncoder::add_controlled_unit(int axis, const DenseOperands& operands, Pass& pass) {
  const auto& m = operands.matrix;
  const bool real = is_real(m[1]) && is_real(m[2]);
  if (m[0] != Complex(1) || !is_real(m[3]) || (!real && !(is_imaginary(m[1]) && is_imaginary(m[2])))) {
    return false;
  }
  pass.layers.add(on_register(real ? kUnitReal : kUnitImaginary, axis, operands.control, 6, pass.map));
  data_.add_real(real ? m[1].real() : m[1].imag());
  data_.add_real(real ? m[2].real() : m[2].imag());
  data_.add_real(m[3].real());
  data_.add_real(0);
  return true;
}

void OperationEncoder::take_out(Complex factor, Layers& layers) {
  factor_ *= factor;
  if (std::abs(factor_) < kLeastFactor) {
    RegisterFactors factors;
    factors.fill(std::exchange(factor_, 1));
    layers.add_factors(factors, 0);
  }
}

}  // namespace basalt::quantum
