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

/// The angle that is the same up to a sign of what it turns, within (−π/2, π/2]. A quarter turn stays one, whichever
/// side rounding puts it on.
double half_turn_of(double angle) {
  const double reduced = reduce_angle(angle);
  if (reduced > pi / 2 + kNegligibleImaginary) {
    return reduced - pi;
  }
  return reduced < -pi / 2 + kNegligibleImaginary ? reduced + pi : reduced;
}

/// Angles of rows and columns that make every entry real, found by following the entries that are not 0: rows that
/// share a column with a row whose angle is known get theirs from it.
class PhaseSearch {
 public:
  explicit PhaseSearch(std::span<const Complex> matrix) : matrix_(matrix) {}

  std::optional<RealFactor> run(const std::array<std::size_t, kMostFactorWidth>& order) {
    for (const std::size_t row : order) {
      if (!known_row_[row]) {
        begin(row);
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

  /// Rows and columns that hang together turn by a quarter at most against the first of them: rows forward, columns
  /// back, so that what follows one matrix and what comes before the next undo one another.
  void begin(std::size_t row) {
    first_column_.reset();
    const Complex entry = matrix_[row * kWidth + row];
    if (!known_column_[row] && !is_negligible_entry(entry)) {
      visit_column(row, std::arg(entry));
    }
    visit_row(row, 0);
  }

  void visit_row(std::size_t row, double angle) {
    known_row_[row] = true;
    factor_.rows[row] = half_turn_of(angle);
    for (std::size_t column = 0; column < kWidth; ++column) {
      const Complex entry = matrix_[row * kWidth + column];
      if (!known_column_[column] && !is_negligible_entry(entry)) {
        visit_column(column, std::arg(entry) - factor_.rows[row]);
      }
    }
  }

  void visit_column(std::size_t column, double angle) {
    known_column_[column] = true;
    if (!first_column_) {
      first_column_ = angle;
    }
    factor_.columns[column] = *first_column_ - half_turn_of(*first_column_ - angle);
    for (std::size_t row = 0; row < kWidth; ++row) {
      const Complex entry = matrix_[row * kWidth + column];
      if (!known_row_[row] && !is_negligible_entry(entry)) {
        visit_row(row, std::arg(entry) - factor_.columns[column]);
      }
    }
  }

  std::span<const Complex> matrix_;
  RealFactor factor_;
  std::optional<double> first_column_;  ///< The angle of the first column that hangs together with this row.
  std::array<bool, kWidth> known_row_{};
  std::array<bool, kWidth> known_column_{};
};

/// A phase of π is a sign: `half` is `angle` or that and π, which the two real entries it multiplies then take.
void take_sign(double angle, double half, double& entry, double& other) {
  if (std::abs(reduce_angle(half - angle)) > 1) {
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
  // Three entries' angles give the fourth's. The angle of a tiny entry is inexact, and must not reach a large one.
  const bool off_diagonal = std::norm(matrix[1]) > std::norm(matrix[0]);
  factor.columns = {0, off_diagonal ? std::arg(matrix[1]) - first : std::arg(-matrix[3]) - factor.rows[1]};
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
  const double row = half_turn_of(factor.rows[1] - first);
  take_sign(factor.rows[1] - first, row, real[2], real[3]);
  factor.rows[1] = first + row;
  const double column = -half_turn_of(-factor.columns[1]);
  take_sign(factor.columns[1], column, real[1], real[3]);
  factor.columns[1] = column;
  return factor;
}

std::optional<RealFactor> real_factor_of_two(std::span<const Complex> matrix, bool turn_low) {
  using Order = std::array<std::size_t, kMostFactorWidth>;
  return PhaseSearch(matrix).run(turn_low ? Order{0, 2, 1, 3} : Order{0, 1, 2, 3});
}

}  // namespace basalt::quantum
