#include "workloads/quantum/kernels/phase_tables.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>

#include "workloads/quantum/kernels/phase_row.h"

namespace basalt::quantum {
namespace {

using Complex = std::complex<double>;

bool selects(const ControlMask& condition, bool parity, std::uint64_t index) {
  return parity ? std::popcount(index & condition.mask) % 2 != 0 : (index & condition.mask) == condition.value;
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

namespace {

/// A term with one low axis: in each row a factor of that axis.
struct AxisTerm {
  std::size_t axis;
  ControlMask high;
  bool parity;
  bool set;  ///< Acts where the low bit is 1.
  Complex turn;
};

/// The factors of the axes in the row `high`; returns that of the whole row.
Complex factors_of_row(std::span<const AxisTerm> terms, std::uint64_t high, std::span<Complex> of_axis) {
  Complex whole = 1;
  std::ranges::fill(of_axis, Complex(1));
  for (const AxisTerm& term : terms) {
    const bool acts = selects(term.high, term.parity, high);
    if (!acts && !term.parity) {
      continue;
    }
    // Odd outside, or where the bit is 0: angle·(1 − x).
    const bool inverted = term.parity ? acts : !term.set;
    whole = inverted ? multiply(whole, term.turn) : whole;
    of_axis[term.axis] = multiply(of_axis[term.axis], inverted ? std::conj(term.turn) : term.turn);
  }
  return whole;
}

}  // namespace

/// Row by row, each doubled axis by axis.
template <typename T>
void PhaseRecipe::write_whole() {
  const std::size_t entries = std::size_t{1} << low_axes();
  std::vector<AxisTerm> axis_terms;
  std::vector<TilePhase> other_terms;
  for (const TilePhase& phase : fixed_) {
    if (!crosses(phase)) {
      continue;
    }
    if (std::has_single_bit(phase.tile.mask & (entries - 1))) {
      axis_terms.push_back({.axis = static_cast<std::size_t>(std::countr_zero(phase.tile.mask)),
                            .high = {phase.tile.mask >> low_axes(), phase.tile.value >> low_axes()},
                            .parity = phase.parity,
                            .set = (phase.tile.value & (entries - 1)) != 0,
                            .turn = std::polar(1.0, phase.angle)});
    } else {
      other_terms.push_back(phase);
    }
  }
  PhaseRow fixed_low;
  for (std::size_t i = 0; i < entries; ++i) {
    fixed_low.set(i, low_[i]);
  }
  whole_.resize(((sizeof(T) * 2) << tile_axes_) / sizeof(CacheLine) + 1);
  auto* at = reinterpret_cast<T*>(whole_.data());
  PhaseRow row;
  std::array<Complex, kPhaseLowAxes> of_axis;
  for (std::uint64_t high = 0; high < std::uint64_t{1} << high_axes(); ++high) {
    row.set(0, multiply(high_[high], factors_of_row(axis_terms, high, of_axis)));
    for (std::size_t i = 0; std::size_t{1} << i < entries; ++i) {
      row.extend(std::size_t{1} << i, of_axis[i]);
    }
    row.multiply_by(fixed_low, entries);
    for (const TilePhase& phase : other_terms) {
      const Complex turn = std::polar(1.0, phase.angle);
      for (std::size_t low = 0; low < entries; ++low) {
        if (selects(phase.tile, phase.parity, high << low_axes() | low)) {
          row.set(low, multiply({row.real[low], row.imaginary[low]}, turn));
        }
      }
    }
    for (std::size_t i = 0; i < entries; ++i) {
      *at++ = static_cast<T>(row.real[i]);
      *at++ = static_cast<T>(row.imaginary[i]);
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
