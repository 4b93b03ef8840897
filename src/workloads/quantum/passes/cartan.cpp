#include "workloads/quantum/passes/cartan.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "workloads/quantum/passes/small_matrix.h"

namespace basalt::quantum {
namespace {

using std::numbers::pi;

constexpr std::size_t kWidth = 4;
constexpr double kRoot = std::numbers::sqrt2 / 2;

using Matrix = std::array<Complex, kWidth * kWidth>;
using RealMatrix = std::array<double, kWidth * kWidth>;

/// Columns: Bell states with the phases that make matrices on single qubits real.
constexpr Complex kI{0, 1};
constexpr Complex kIRoot{0, kRoot};
// clang-format off
constexpr Matrix kBell{kRoot, kIRoot, 0,      0,
                       0,     0,      kIRoot, kRoot,
                       0,     0,      kIRoot, -kRoot,
                       kRoot, -kIRoot, 0,     0};
// clang-format on

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix result = b;
  multiply_onto(a, result);
  return result;
}

Matrix adjoint(const Matrix& a) {
  Matrix result;
  for (std::size_t i = 0; i < a.size(); ++i) {
    result[i] = std::conj(a[i % kWidth * kWidth + i / kWidth]);
  }
  return result;
}

double determinant(const RealMatrix& m) {
  const auto minor = [&](std::size_t row, std::size_t a, std::size_t b) {
    return m[row * kWidth + a] * m[(row + 1) * kWidth + b] - m[row * kWidth + b] * m[(row + 1) * kWidth + a];
  };
  return minor(0, 0, 1) * minor(2, 2, 3) - minor(0, 0, 2) * minor(2, 1, 3) + minor(0, 0, 3) * minor(2, 1, 2) +
         minor(0, 1, 2) * minor(2, 0, 3) - minor(0, 1, 3) * minor(2, 0, 2) + minor(0, 2, 3) * minor(2, 0, 1);
}

/// Makes a symmetric unitary matrix diagonal by a rotation, whose columns it returns: its real and imaginary part
/// commute, and Jacobi rotations take both at once, whichever eigenvalues are equal (Cardoso and Souloumiac, SIAM J.
/// Matrix Anal. Appl. 17, 161).
class Diagonalisation {
 public:
  explicit Diagonalisation(const Matrix& matrix) : matrix_(matrix) {
    for (std::size_t i = 0; i < kWidth; ++i) {
      axes_[i * kWidth + i] = 1;
    }
  }

  RealMatrix run() {
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
      double largest = 0;
      for (std::size_t p = 0; p < kWidth; ++p) {
        for (std::size_t q = p + 1; q < kWidth; ++q) {
          largest = std::max(largest, rotate(p, q));
        }
      }
      if (largest < kNegligible) {
        break;
      }
    }
    return axes_;
  }

 private:
  static constexpr int kMostSweeps = 30;
  static constexpr double kNegligible = 1e-15;

  /// How far p and q were from being apart.
  double rotate(std::size_t p, std::size_t q) {
    const Complex off = 2.0 * matrix_[p * kWidth + q];
    const double distance = std::abs(off);
    if (distance < kNegligible) {
      return distance;
    }
    const Complex difference = matrix_[p * kWidth + p] - matrix_[q * kWidth + q];
    const double cross = 2 * (difference.real() * off.real() + difference.imag() * off.imag());
    const double angle = std::atan2(cross, std::norm(difference) - std::norm(off)) / 4;
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    for (std::size_t k = 0; k < kWidth; ++k) {
      turn(matrix_[k * kWidth + p], matrix_[k * kWidth + q], c, s);
      turn(axes_[k * kWidth + p], axes_[k * kWidth + q], c, s);
    }
    for (std::size_t k = 0; k < kWidth; ++k) {
      turn(matrix_[p * kWidth + k], matrix_[q * kWidth + k], c, s);
    }
    return distance;
  }

  template <typename Number>
  static void turn(Number& a, Number& b, double c, double s) {
    const Number turned = c * a + s * b;
    b = c * b - s * a;
    a = turned;
  }

  Matrix matrix_;
  RealMatrix axes_{};
};

/// The factors of high ⊗ low.
std::array<OneQubitMatrix, 2> split_product(const Matrix& matrix) {
  const auto block = [&](std::size_t i) {
    const std::size_t at = i / 2 * 2 * kWidth + i % 2 * 2;
    return OneQubitMatrix{matrix[at], matrix[at + 1], matrix[at + kWidth], matrix[at + kWidth + 1]};
  };
  const auto size = [&](std::size_t i) { return std::norm(block(i)[0]) + std::norm(block(i)[1]); };
  OneQubitMatrix low = block(size(0) > size(1) ? 0 : 1);
  const Complex unit = std::sqrt(low[0] * low[3] - low[1] * low[2]);
  for (Complex& entry : low) {
    entry /= unit;
  }
  OneQubitMatrix high;
  for (std::size_t i = 0; i < high.size(); ++i) {
    const OneQubitMatrix part = block(i);
    high[i] = 0;
    for (std::size_t k = 0; k < low.size(); ++k) {
      high[i] += 0.5 * std::conj(low[k]) * part[k];
    }
  }
  return {low, high};
}

/// Of X, Y and Z.
constexpr std::array<OneQubitMatrix, 3> kPauli{{{0, 1, 1, 0}, {0, -kI, kI, 0}, {1, 0, 0, -1}}};

/// Brings an angle into its range: a quarter turn about XX, YY or ZZ is i times a Pauli matrix on each qubit.
void reduce(CartanFactors& factors, std::size_t axis) {
  constexpr double kTolerance = 1e-9;  // so that π/4 stays, whichever side rounding puts it on
  double& angle = factors.angles[axis];
  const double quarters = std::ceil(angle / (pi / 2) - 0.5 - kTolerance);
  angle -= quarters * (pi / 2);
  factors.phase += quarters * (pi / 2);
  if (std::fmod(quarters, 2) != 0) {
    for (OneQubitMatrix& before : factors.before) {
      multiply_onto(kPauli[axis], before);
    }
  }
}

/// In the basis of Bell states: left · diagonal(exp(i·phases)) · right, both real with determinant 1.
struct BellFactors {
  RealMatrix left{};
  std::array<double, kWidth> phases{};
  RealMatrix right{};
};

void turn_sign(RealMatrix& matrix, std::size_t column) {
  for (std::size_t k = 0; k < kWidth; ++k) {
    matrix[k * kWidth + column] = -matrix[k * kWidth + column];
  }
}

RealMatrix transpose(const RealMatrix& matrix) {
  RealMatrix result;
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = matrix[i % kWidth * kWidth + i / kWidth];
  }
  return result;
}

BellFactors bell_factors(const Matrix& matrix) {
  Matrix square{};  // the transpose times the matrix: transpose(right) · diagonal(exp(2i·phases)) · right
  for (std::size_t i = 0; i < square.size(); ++i) {
    for (std::size_t k = 0; k < kWidth; ++k) {
      square[i] += matrix[k * kWidth + i / kWidth] * matrix[k * kWidth + i % kWidth];
    }
  }
  RealMatrix axes = Diagonalisation(square).run();
  if (determinant(axes) < 0) {
    turn_sign(axes, 0);
  }
  BellFactors result;
  for (std::size_t j = 0; j < kWidth; ++j) {  // matrix · axes: its columns are real but for a phase each
    std::array<Complex, kWidth> column{};
    Complex squared = 0;
    for (std::size_t i = 0; i < kWidth; ++i) {
      for (std::size_t k = 0; k < kWidth; ++k) {
        column[i] += matrix[i * kWidth + k] * axes[k * kWidth + j];
      }
      squared += column[i] * column[i];
    }
    result.phases[j] = std::arg(squared) / 2;
    for (std::size_t i = 0; i < kWidth; ++i) {
      result.left[i * kWidth + j] = (column[i] * std::polar(1.0, -result.phases[j])).real();
    }
  }
  if (determinant(result.left) < 0) {
    turn_sign(result.left, 0);
    result.phases[0] += pi;
  }
  result.right = transpose(axes);
  return result;
}

std::array<OneQubitMatrix, 2> single_qubits_of(const RealMatrix& in_bell) {
  Matrix matrix;
  std::ranges::copy(in_bell, matrix.begin());
  return split_product(product(kBell, product(matrix, adjoint(kBell))));
}

}  // namespace

CartanFactors cartan_factors(std::span<const Complex> matrix) {
  Matrix given;
  std::ranges::copy(matrix, given.begin());
  const BellFactors factors = bell_factors(product(adjoint(kBell), product(given, kBell)));
  const auto [plus, minus, cross_plus, cross_minus] = factors.phases;
  CartanFactors result{
      .phase = (plus + minus + cross_plus + cross_minus) / 4,
      .before = single_qubits_of(factors.right),
      .after = single_qubits_of(factors.left),
      // by what XX, YY and ZZ are on each Bell state
      .angles = {(plus - minus + cross_plus - cross_minus) / 4, (-plus + minus + cross_plus - cross_minus) / 4,
                 (plus + minus - cross_plus - cross_minus) / 4}};
  for (std::size_t axis = 0; axis < result.angles.size(); ++axis) {
    reduce(result, axis);
  }
  return result;
}

}  // namespace basalt::quantum
