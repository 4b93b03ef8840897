#include "workloads/quantum/kernels/phase_tables.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace basalt::quantum {
namespace {

using Complex = std::complex<double>;

bool selects(const ControlMask& condition, bool parity, std::uint64_t index) {
  return parity ? std::popcount(index & condition.mask) % 2 != 0 : (index & condition.mask) == condition.value;
}

/// Without the care that std::complex takes of infinities, which never come up here.
Complex multiply(const Complex& a, const Complex& b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

constexpr std::size_t round_up_to_lines(std::size_t bytes) {
  return (bytes + sizeof(CacheLine) - 1) / sizeof(CacheLine) * sizeof(CacheLine);
}

}  // namespace

PhaseRecipe::PhaseRecipe(ElementType type, int lanes, int tile_axes) noexcept
    : type_(type), vector_lanes_(std::size_t{1} << lanes), tile_axes_(tile_axes) {}

bool PhaseRecipe::fits(const TilePhase& phase) noexcept {
  return phase.field.mask == 0 || std::popcount(phase.tile.mask) <= 1;
}

bool PhaseRecipe::crosses(const TilePhase& phase) const noexcept {
  const std::uint64_t low = (std::uint64_t{1} << low_axes()) - 1;
  return (phase.tile.mask & low) != 0 && (phase.tile.mask & ~low) != 0;
}

void PhaseRecipe::add(const TilePhase& phase) {
  if (phase.field.mask != 0) {
    add_factors(phase);
    return;
  }
  crosses_ = crosses_ || crosses(phase);
  fixed_.push_back(phase);
}

void PhaseRecipe::add_factors(const TilePhase& phase) {
  const Complex turn = std::polar(1.0, phase.angle);
  Factor factor{.field = phase.field, .parity = phase.parity, .axis = -1, .even = 1, .odd = turn};
  if (phase.tile.mask == 0) {
    factors_.push_back(factor);
    return;
  }
  const int axis = std::countr_zero(phase.tile.mask);
  if (phase.parity) {
    // angle·(e xor x) = angle·e + angle·(1 − 2e)·x
    factors_.push_back(factor);
    factor.even = turn;
    factor.odd = std::conj(turn);
  } else if (phase.tile.value == 0) {
    // Where x is 0: angle·(1 − x)
    factors_.push_back(factor);
    factor.odd = std::conj(turn);
  }
  factor.axis = axis;
  factors_.push_back(factor);
}

void PhaseRecipe::finish() {
  fill_halves();
  if (has_whole()) {
    type_ == ElementType::c64 ? write_whole<float>() : write_whole<double>();
    // They are in the whole table now.
    low_.assign(low_.size(), 1);
    high_.assign(high_.size(), 1);
  }
}

void PhaseRecipe::fill_halves() {
  low_.assign(std::size_t{1} << low_axes(), 1);
  high_.assign(std::size_t{1} << high_axes(), 1);
  for (const TilePhase& phase : fixed_) {
    if (crosses(phase)) {
      continue;
    }
    const bool in_high = phase.tile.mask >> low_axes() != 0;
    const int shift = in_high ? low_axes() : 0;
    const ControlMask condition{phase.tile.mask >> shift, phase.tile.value >> shift};
    const Complex turn = std::polar(1.0, phase.angle);
    std::vector<Complex>& half = in_high ? high_ : low_;
    for (std::size_t i = 0; i < half.size(); ++i) {
      if (selects(condition, phase.parity, i)) {
        half[i] *= turn;
      }
    }
  }
}

/// The entries of the whole table whose high bits are `high`.
void PhaseRecipe::fill_row(std::uint64_t high, std::vector<Complex>& row) const {
  const std::uint64_t low_mask = (std::uint64_t{1} << low_axes()) - 1;
  Complex scalar = high_[high];
  std::array<Complex, kPhaseLowAxes> of_axis;
  of_axis.fill(1);
  const auto is_single = [&](const TilePhase& phase) { return std::has_single_bit(phase.tile.mask & low_mask); };
  const auto high_part = [&](const TilePhase& phase) {
    return selects({phase.tile.mask >> low_axes(), phase.tile.value >> low_axes()}, phase.parity, high);
  };
  for (const TilePhase& phase : fixed_) {
    if (!crosses(phase) || !is_single(phase)) {
      continue;
    }
    const Complex turn = std::polar(1.0, phase.angle);
    Complex& axis = of_axis[static_cast<std::size_t>(std::countr_zero(phase.tile.mask))];
    if (phase.parity) {
      scalar *= high_part(phase) ? turn : 1;
      axis *= high_part(phase) ? std::conj(turn) : turn;
    } else if (high_part(phase)) {
      const bool set = (phase.tile.value & low_mask) != 0;
      scalar *= set ? 1 : turn;
      axis *= set ? turn : std::conj(turn);
    }
  }
  row[0] = scalar;
  for (int i = 0; i < low_axes(); ++i) {
    const std::size_t half = std::size_t{1} << i;
    std::transform(
        row.begin(), row.begin() + static_cast<std::ptrdiff_t>(half), row.begin() + static_cast<std::ptrdiff_t>(half),
        [&, turn = of_axis[static_cast<std::size_t>(i)]](const Complex& entry) { return multiply(entry, turn); });
  }
  std::ranges::transform(row, low_, row.begin(), multiply);
  for (const TilePhase& phase : fixed_) {
    if (!crosses(phase) || is_single(phase)) {
      continue;
    }
    const Complex turn = std::polar(1.0, phase.angle);
    for (std::size_t low = 0; low < row.size(); ++low) {
      if (selects(phase.tile, phase.parity, high << low_axes() | low)) {
        row[low] *= turn;
      }
    }
  }
}

template <typename T>
void PhaseRecipe::write_whole() {
  whole_.resize(((sizeof(T) * 2) << tile_axes_) / sizeof(CacheLine) + 1);
  auto* at = reinterpret_cast<T*>(whole_.data());
  std::vector<Complex> row(std::size_t{1} << low_axes());
  for (std::uint64_t high = 0; high < std::uint64_t{1} << high_axes(); ++high) {
    fill_row(high, row);
    for (const Complex& entry : row) {
      *at++ = static_cast<T>(entry.real());
      *at++ = static_cast<T>(entry.imag());
    }
  }
}

std::size_t PhaseRecipe::table_bytes() const noexcept {
  const std::size_t entries = 2 * (std::size_t{1} << low_axes()) + (std::size_t{1} << high_axes());
  return round_up_to_lines(entries * element_bytes(type_));
}

std::size_t PhaseRecipe::scratch_bytes() const noexcept {
  const std::size_t longest_row = std::size_t{1} << std::max(low_axes(), high_axes());
  return has_halves() ? table_bytes() + round_up_to_lines(longest_row * sizeof(Complex)) : 0;
}

PhaseTables PhaseRecipe::tables(std::uint64_t base, void* scratch) const {
  PhaseTables result;
  if (has_halves()) {
    result = type_ == ElementType::c64 ? write_halves(base, static_cast<float*>(scratch))
                                       : write_halves(base, static_cast<double*>(scratch));
  }
  result.whole = has_whole() ? whole_.data() : nullptr;
  return result;
}

template <typename T>
PhaseTables PhaseRecipe::write_halves(std::uint64_t base, T* scratch) const {
  Complex scalar = 1;
  std::array<Complex, 64> of_axis;
  std::fill_n(of_axis.begin(), tile_axes_, Complex(1));
  for (const Factor& factor : factors_) {
    const Complex& turn = selects(factor.field, factor.parity, base) ? factor.odd : factor.even;
    (factor.axis < 0 ? scalar : of_axis[static_cast<std::size_t>(factor.axis)]) *= turn;
  }
  const auto far = reinterpret_cast<T*>(scratch) + 4 * low_.size();
  const auto row = reinterpret_cast<Complex*>(reinterpret_cast<std::byte*>(scratch) + table_bytes());
  // Entry by entry from the lowest axis on: each axis doubles what is there.
  const auto expand = [&](const std::vector<Complex>& fixed, int first_axis, Complex start, const auto& write) {
    row[0] = start;
    for (std::size_t half = 1; half < fixed.size(); half *= 2) {
      const Complex turn = of_axis[static_cast<std::size_t>(first_axis++)];
      for (std::size_t i = 0; i < half; ++i) {
        row[half + i] = multiply(row[i], turn);
      }
    }
    for (std::size_t i = 0; i < fixed.size(); ++i) {
      write(i, multiply(row[i], fixed[i]));
    }
  };
  const std::size_t parts = 2 * vector_lanes_;
  expand(low_, 0, 1, [&](std::size_t i, const Complex& entry) {
    T* const vector = scratch + i / vector_lanes_ * 2 * parts + i % vector_lanes_ * 2;
    vector[0] = vector[1] = static_cast<T>(entry.real());
    vector[parts] = static_cast<T>(-entry.imag());
    vector[parts + 1] = static_cast<T>(entry.imag());
  });
  expand(high_, low_axes(), scalar, [&](std::size_t i, const Complex& entry) {
    far[2 * i] = static_cast<T>(entry.real());
    far[2 * i + 1] = static_cast<T>(entry.imag());
  });
  return {.whole = nullptr, .low = scratch, .high = far};
}

}  // namespace basalt::quantum
