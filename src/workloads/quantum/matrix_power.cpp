// Real powers of a unitary: small integers by repeated squaring, the rest through its eigenvalues.
#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "workloads/quantum/gates.h"

namespace basalt::quantum {
namespace {

/// Beyond this, products would drift away from unitarity further than phases multiplied by the exponent do.
constexpr double kMaxSquaringExponent = 4096;

/// Eigenvalues this near to −1 count as −1, whose phase is +π: rounding must not choose the branch.
constexpr double kBranchTolerance = 1e-10;

struct SquareMatrix {
  std::size_t size = 0;
  std::vector<Complex> entries;

  explicit SquareMatrix(std::size_t n) : size(n), entries(n * n) {}
  Complex& operator()(std::size_t row, std::size_t column) { return entries[row * size + column]; }
  const Complex& operator()(std::size_t row, std::size_t column) const { return entries[row * size + column]; }

  static SquareMatrix identity(std::size_t n) {
    SquareMatrix result(n);
    for (std::size_t i = 0; i < n; ++i) {
      result(i, i) = 1;
    }
    return result;
  }
};

SquareMatrix multiply(const SquareMatrix& left, const SquareMatrix& right) {
  SquareMatrix result(left.size);
  for (std::size_t i = 0; i < left.size; ++i) {
    for (std::size_t k = 0; k < left.size; ++k) {
      for (std::size_t j = 0; j < left.size; ++j) {
        result(i, j) += left(i, k) * right(k, j);
      }
    }
  }
  return result;
}

SquareMatrix integer_power(SquareMatrix base, std::uint32_t exponent) {
  SquareMatrix result = SquareMatrix::identity(base.size);
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) {
      result = multiply(result, base);
    }
    base = multiply(base, base);
  }
  return result;
}

/// A plane rotation of basis vectors p and q: p' = c p + conj(s) q, q' = c q − s p.
struct Rotation {
  double c = 1;
  Complex s = 0;
};

/// The rotation that brings the 2×2 block at (p, q) closest to diagonal. A unitary is a pair of commuting Hermitian
/// matrices (its Hermitian and skew parts); written as Bloch vectors, the block's two parts are nearly parallel, and
/// the rotation turns their common direction onto the z axis.
Rotation rotation_of(const SquareMatrix& a, std::size_t p, std::size_t q) {
  const Complex difference = a(p, p) - a(q, q);
  const Complex sum = a(p, q) + a(q, p);
  const Complex skew = Complex(0, 1) * (a(p, q) - a(q, p));
  const std::array<double, 3> hermitian{difference.real(), sum.real(), skew.real()};
  const std::array<double, 3> antihermitian{difference.imag(), sum.imag(), skew.imag()};
  double hh = 0;
  double aa = 0;
  double ha = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    hh += hermitian[i] * hermitian[i];
    aa += antihermitian[i] * antihermitian[i];
    ha += hermitian[i] * antihermitian[i];
  }
  const double mix = 0.5 * std::atan2(2 * ha, hh - aa);
  std::array<double, 3> bloch{};
  double length = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    bloch[i] = std::cos(mix) * hermitian[i] + std::sin(mix) * antihermitian[i];
    length += bloch[i] * bloch[i];
  }
  length = std::sqrt(length);
  const double across = std::hypot(bloch[1], bloch[2]);
  if (across <= std::numeric_limits<double>::epsilon() * 0.25) {
    return {};
  }
  const double sign = bloch[0] < 0 ? -1 : 1;
  const double c = std::sqrt((1 + std::abs(bloch[0]) / length) / 2);
  const Complex s = sign * Complex(bloch[1], -bloch[2]) / (2 * c * length);
  return {c, s};
}

/// a := R† a R and vectors := vectors R.
void rotate(SquareMatrix& a, SquareMatrix& vectors, std::size_t p, std::size_t q, const Rotation& r) {
  const auto columns = [&](SquareMatrix& m) {
    for (std::size_t i = 0; i < m.size; ++i) {
      const Complex at_p = m(i, p);
      const Complex at_q = m(i, q);
      m(i, p) = r.c * at_p + std::conj(r.s) * at_q;
      m(i, q) = r.c * at_q - r.s * at_p;
    }
  };
  columns(a);
  columns(vectors);
  for (std::size_t j = 0; j < a.size; ++j) {
    const Complex at_p = a(p, j);
    const Complex at_q = a(q, j);
    a(p, j) = r.c * at_p + r.s * at_q;
    a(q, j) = r.c * at_q - std::conj(r.s) * at_p;
  }
}

double off_diagonal(const SquareMatrix& a) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size; ++i) {
    for (std::size_t j = 0; j < a.size; ++j) {
      sum += i == j ? 0 : std::norm(a(i, j));
    }
  }
  return std::sqrt(sum);
}

/// Jacobi sweeps over all pairs until `a` is diagonal; the columns of the result are its eigenvectors.
SquareMatrix diagonalise(SquareMatrix& a) {
  constexpr int kMaxSweeps = 50;
  const double enough = 1e-15 * static_cast<double>(a.size);
  SquareMatrix vectors = SquareMatrix::identity(a.size);
  for (int sweep = 0; sweep < kMaxSweeps && off_diagonal(a) > enough; ++sweep) {
    for (std::size_t p = 0; p < a.size; ++p) {
      for (std::size_t q = p + 1; q < a.size; ++q) {
        rotate(a, vectors, p, q, rotation_of(a, p, q));
      }
    }
  }
  return vectors;
}

double principal_phase(Complex eigenvalue) {
  const double phase = std::arg(eigenvalue);
  return phase < -std::numbers::pi + kBranchTolerance ? std::numbers::pi : phase;
}

}  // namespace

std::vector<Complex> matrix_power(std::span<const Complex> matrix, double exponent) {
  assert(std::isfinite(exponent));
  SquareMatrix a(static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(matrix.size())))));
  assert(a.size * a.size == matrix.size());
  std::ranges::copy(matrix, a.entries.begin());
  if (exponent == std::trunc(exponent) && std::abs(exponent) <= kMaxSquaringExponent) {
    if (exponent < 0) {
      a.entries = matrix_adjoint(matrix);
    }
    return integer_power(std::move(a), static_cast<std::uint32_t>(std::abs(exponent))).entries;
  }
  const SquareMatrix vectors = diagonalise(a);
  SquareMatrix scaled = vectors;
  for (std::size_t j = 0; j < a.size; ++j) {
    const double phase = principal_phase(a(j, j));
    // |phase| ≤ π: reduce the product so that a huge exponent still gives a finite, well-scaled angle.
    const double angle = std::remainder(phase * exponent, 2 * std::numbers::pi);
    const Complex power = std::isfinite(angle) ? Complex(std::cos(angle), std::sin(angle)) : Complex(1);
    for (std::size_t i = 0; i < a.size; ++i) {
      scaled(i, j) *= power;
    }
  }
  SquareMatrix adjoint(a.size);
  adjoint.entries = matrix_adjoint(vectors.entries);
  return multiply(scaled, adjoint).entries;
}

}  // namespace basalt::quantum
