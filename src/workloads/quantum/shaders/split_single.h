// A matrix of one qubit as a real rotation between phases: a third of the arithmetic, where the phases join others.
#pragma once

#include <complex>
#include <optional>
#include <span>

namespace basalt::quantum {

/// factor · diag(1, e^(i·after)) · [[c, −s], [s, c]] · diag(1, e^(i·before)), c and s not negative. Every unitary of
/// one qubit is such a product (Nielsen and Chuang, theorem 4.1, with the phases written out).
struct SplitSingle {
  double before = 0;  ///< Radians.
  double after = 0;
  double cosine = 1;
  double sine = 0;
  std::complex<double> factor = 1;
};

/// None where the matrix (row-major) is not unitary to 1e-12.
std::optional<SplitSingle> split_single(std::span<const std::complex<double>> matrix);

}  // namespace basalt::quantum
