#include "workloads/quantum/kernels/plain_steps.h"

#include <array>
#include <bit>
#include <cassert>
#include <utility>

#include "workloads/quantum/kernels/operands.h"

namespace basalt::quantum {
namespace {

using Elements = std::span<std::complex<double>>;

/// Calls visit(place, index) for every element: its place in the list, and its index in the state.
template <typename Visit>
void for_each_element(std::uint64_t base, std::uint64_t axes, Elements elements, const Visit& visit) {
  std::uint64_t along = 0;
  for (std::size_t place = 0; place < elements.size(); ++place) {
    visit(place, base | along);
    along = (along - axes) & axes;  // the next larger number with bits of `axes` only
  }
}

/// The bit of places that an axis is.
std::size_t place_bit(std::uint64_t axis_bit, std::uint64_t axes) {
  return std::size_t{1} << std::popcount(axes & (axis_bit - 1));
}

std::size_t place_bits(std::uint64_t mask, std::uint64_t axes) {
  std::size_t bits = 0;
  for (; mask != 0; mask &= mask - 1) {
    bits |= place_bit(mask & -mask, axes);
  }
  return bits;
}

bool holds(const ControlMask& control, std::uint64_t index) {
  return (index & control.mask) == control.value;
}

void apply_dense(const DenseOperands& gate, std::uint64_t base, std::uint64_t axes, Elements elements) {
  constexpr std::size_t kMostRows = 64;
  const std::size_t rows = std::size_t{1} << gate.target_count;
  std::array<std::size_t, kMostRows> offsets{};
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t target = 0; target < gate.target_count; ++target) {
      offsets[row] |= (row >> target & 1) != 0 ? place_bit(std::uint64_t{1} << gate.targets[target], axes) : 0;
    }
  }
  for_each_element(base, axes, elements, [&](std::size_t place, std::uint64_t index) {
    if ((place & offsets[rows - 1]) != 0 || !holds(gate.control, index)) {
      return;
    }
    std::array<std::complex<double>, kMostRows> before;
    for (std::size_t row = 0; row < rows; ++row) {
      before[row] = elements[place | offsets[row]];
    }
    for (std::size_t row = 0; row < rows; ++row) {
      double real = 0;
      double imaginary = 0;
      for (std::size_t column = 0; column < rows; ++column) {
        const std::complex<double> entry = gate.matrix[row * rows + column];
        real += entry.real() * before[column].real() - entry.imag() * before[column].imag();
        imaginary += entry.real() * before[column].imag() + entry.imag() * before[column].real();
      }
      elements[place | offsets[row]] = {real, imaginary};
    }
  });
}

void apply_phase(const PhaseTerm& term, std::uint64_t base, std::uint64_t axes, Elements elements) {
  const std::complex<double> factor = std::polar(1.0, term.angle);
  for_each_element(base, axes, elements, [&](std::size_t place, std::uint64_t index) {
    const std::uint64_t bits = index & term.mask;
    if (term.parity ? std::popcount(bits) % 2 == 1 : bits == term.value) {
      elements[place] *= factor;
    }
  });
}

void apply_exchange(const ExchangeOperands& exchange, std::uint64_t base, std::uint64_t axes, Elements elements) {
  const std::size_t flip = place_bits(exchange.flip, axes);
  for_each_element(base, axes, elements, [&](std::size_t place, std::uint64_t index) {
    if (holds(exchange.control, index)) {
      std::swap(elements[place], elements[place ^ flip]);
    }
  });
}

}  // namespace

void apply_plainly(const Step& step, std::uint64_t base, std::uint64_t axes, std::span<std::complex<double>> elements) {
  if (step.kernel == "quantum/dense") {
    apply_dense(*static_cast<const DenseOperands*>(step.operands.get()), base, axes, elements);
  } else if (step.kernel == "quantum/phase") {
    apply_phase(*static_cast<const PhaseTerm*>(step.operands.get()), base, axes, elements);
  } else {
    assert(step.kernel == "quantum/exchange");
    apply_exchange(*static_cast<const ExchangeOperands*>(step.operands.get()), base, axes, elements);
  }
}

}  // namespace basalt::quantum
