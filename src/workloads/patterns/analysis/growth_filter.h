// A polynomial of a matrix that keeps the eigenvectors and lets those that grow fastest stand out.
#pragma once

#include <complex>
#include <cstddef>
#include <functional>
#include <vector>

#include "basalt/memory.h"

namespace basalt::patterns {

/// A matrix as what it does to a vector: `to` = A `from`, which do not overlap.
using LinearMap = std::function<void(const double* from, double* to)>;

/// A rectangle of the complex plane, symmetric to the real axis, that holds the eigenvalues of a real matrix.
struct SpectrumBox {
  double left = 0;
  double right = 0;
  double top = 0;  ///< Largest |Im|.

  void include(std::complex<double> value);
};

/// p(A) ≈ exp(t (A − right)): the state at time t of u_t = A u, as a polynomial of A. It has the eigenvectors of A
/// itself, however rough the approximation, and its largest eigenvalues are those of the rightmost of A: stiff modes,
/// of which plain Krylov methods see most, are gone after one application.
///
/// exp is summed in the Chebyshev (Faber) polynomials of the least ellipse around the spectrum: T_k((z − c)/e) with
/// coefficients 2 I_k(t e) exp(t c), I_k being the modified Bessel functions. Along the real axis `terms` reach a time
/// that grows as the square of their number; of spectra that are tall the foci ±e are imaginary and I_k becomes J_k. H.
/// Tal-Ezer and R. Kosloff, J. Chem. Phys. 81 (1984) 3967; I. Moret and P. Novati, J. Comput. Appl. Math. 131 (2001)
/// 361; for eigenvalues: W. S. Edwards, L. S. Tuckerman, R. A. Friesner and D. C. Sorensen, J. Comput. Phys. 110 (1994)
/// 82.
class GrowthFilter {
 public:
  /// As long a time as kMostTerms reach, but not above `most_time`.
  GrowthFilter(const SpectrumBox& box, double most_time);

  [[nodiscard]] double time() const noexcept { return time_; }
  /// The rightmost point of the ellipse, where p = 1.
  [[nodiscard]] double right() const noexcept { return centre_ + half_width_; }
  /// How often A is applied for p(A).
  [[nodiscard]] std::size_t degree() const noexcept { return series_.size() - 1; }

  /// to = p(A) from. `scratch`: 3 · unknowns numbers.
  void apply(const LinearMap& matrix, const double* from, double* to, double* scratch, std::size_t unknowns) const;

 private:
  double centre_ = 0;
  double half_width_ = 1;
  double scale_ = 1;  ///< The sum of both half axes.
  double shape_ = 1;  ///< Their difference over their sum: 1 of an interval of the real axis, −1 of the imaginary one.
  double time_ = 0;
  std::vector<double> series_;
};

}  // namespace basalt::patterns
