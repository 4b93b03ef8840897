#include "workloads/quantum/passes/real_factor.h"

#include <cmath>
#include <numbers>

#include "workloads/quantum/angle.h"
#include "workloads/quantum/passes/small_matrix.h"

namespace basalt::quantum {
namespace {

using std::numbers::pi;

/// Entries this far from real are rounding of products of many gates.
constexpr double kNegligibleImaginary = 1e-14;

/// Angles of rows and columns that make every entry real, found by following the entries that are not 0: rows that
/// share a column with a row whose angle is known get theirs from it.
class PhaseSearch {
 public:
  explicit PhaseSearch(std::span<const Complex> matrix) : matrix_(matrix) {}

  std::optional<RealFactor> run() {
    for (std::size_t row = 0; row < kWidth; ++row) {
      if (!known_row_[row]) {
        visit_row(row, 0);
      }
    }
    for (std::size_t i = 0; i < matrix_.size(); ++i) {
      if (is_negligible_entry(matrix_[i])) {
        continue;
      }
      const Complex entry = matrix_[i] * std::polar(1.0, -factor_.rows[i / kWidth] - factor_.columns[i % kWidth]);
      if (std::abs(entry.imag()) > kNegligibleImaginary) {
        return std::nullopt;
      }
      factor_.real[i] = entry.real();
    }
    return factor_;
  }

 private:
  static constexpr std::size_t kWidth = kMostFactorWidth;

  void visit_row(std::size_t row, double angle) {
    known_row_[row] = true;
    factor_.rows[row] = angle;
    for (std::size_t column = 0; column < kWidth; ++column) {
      const Complex entry = matrix_[row * kWidth + column];
      if (!known_column_[column] && !is_negligible_entry(entry)) {
        visit_column(column, std::arg(entry) - angle);
      }
    }
  }

  void visit_column(std::size_t column, double angle) {
    known_column_[column] = true;
    factor_.columns[column] = angle;
    for (std::size_t row = 0; row < kWidth; ++row) {
      const Complex entry = matrix_[row * kWidth + column];
      if (!known_row_[row] && !is_negligible_entry(entry)) {
        visit_row(row, std::arg(entry) - angle);
      }
    }
  }

  std::span<const Complex> matrix_;
  RealFactor factor_;
  std::array<bool, kWidth> known_row_{};
  std::array<bool, kWidth> known_column_{};
};

/// A phase of π is a sign: takes a phase nearer to that than to none into the real entries it multiplies.
void take_sign(double& angle, double& entry, double& other) {
  angle = reduce_angle(angle);
  if (std::abs(angle) > pi / 2 + kNegligibleAngle) {
    angle = reduce_angle(angle + pi);
    entry = -entry;
    other = -other;
  }
}

}  // namespace

RealFactor real_factor_of_one(std::span<const Complex> matrix) {
  constexpr double kEqual = 4e-15;
  RealFactor factor;
  const double first = std::arg(matrix[0]);
  factor.rows = {first, std::arg(matrix[2])};
  factor.columns = {0, std::arg(matrix[1]) - first};
  double* real = factor.real.data();
  for (std::size_t i = 0; i < 4; ++i) {
    real[i] = std::abs(matrix[i]);
  }
  real[3] = -real[3];  // what is left of the columns being orthogonal
  if (std::abs(real[0] - real[1]) < kEqual) {
    const double half_root = std::numbers::sqrt2 / 2;
    real[0] = real[1] = real[2] = half_root;
    real[3] = -half_root;
    return factor;
  }
  double relative = factor.rows[1] - first;
  take_sign(relative, real[2], real[3]);
  factor.rows[1] = first + relative;
  take_sign(factor.columns[1], real[1], real[3]);
  return factor;
}

std::optional<RealFactor> real_factor_of_two(std::span<const Complex> matrix) {
  return PhaseSearch(matrix).run();
}

}  // namespace basalt::quantum
