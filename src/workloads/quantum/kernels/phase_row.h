// One row of a table of phases: the entries of a tile's low axes, in f64.
#pragma once

#include <array>
#include <complex>
#include <cstddef>

#include "workloads/quantum/kernels/block.h"

namespace basalt::quantum {

/// Without the care that std::complex takes of infinities, which never come up here.
inline std::complex<double> multiply(const std::complex<double>& a, const std::complex<double>& b) noexcept {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// Complex numbers in two arrays, so that the compiler turns products of them into vectors.
struct PhaseRow {
  static constexpr std::size_t kEntries = std::size_t{1} << kPhaseLowAxes;
  std::array<double, kEntries> real;
  std::array<double, kEntries> imaginary;

  void set(std::size_t i, const std::complex<double>& entry) noexcept {
    real[i] = entry.real();
    imaginary[i] = entry.imag();
  }

  /// Entry half + i becomes entry i times `turn`, for the first `half` of them.
  void extend(std::size_t half, const std::complex<double>& turn) noexcept {
    for (std::size_t i = 0; i < half; ++i) {
      real[half + i] = real[i] * turn.real() - imaginary[i] * turn.imag();
      imaginary[half + i] = real[i] * turn.imag() + imaginary[i] * turn.real();
    }
  }

  void multiply_by(const PhaseRow& other, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      const double product = real[i] * other.real[i] - imaginary[i] * other.imaginary[i];
      imaginary[i] = real[i] * other.imaginary[i] + imaginary[i] * other.real[i];
      real[i] = product;
    }
  }
};

}  // namespace basalt::quantum
