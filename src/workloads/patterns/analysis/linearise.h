// A model linearised at a homogeneous state, and the growth rates of waves that follow from it.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <vector>

#include "workloads/patterns/model.h"

namespace basalt::patterns {

/// Up to kMostSpecies rows and columns; those of species that a model does not have are 0.
using Matrix = std::array<std::array<double, kMostSpecies>, kMostSpecies>;

/// The rates at one point with what they depend on there.
struct Derivatives {
  std::size_t species = 0;
  std::array<double, kMostSpecies> rate{};
  Matrix by_value{};  ///< Of each rate (row) by each species (column).
  /// Of each rate by each Laplacian: those of the species, then that of the auxiliary field.
  std::array<std::array<double, kMostLaplacians>, kMostSpecies> by_laplacian{};
  double auxiliary = 0;  ///< The auxiliary field itself, of models of fourth order ...
  double auxiliary_by_value = 0;
  double auxiliary_by_laplacian = 0;  ///< ... and its derivatives by the species and the Laplacian of that.
};

/// By dual numbers, of the equations as they are written. `u`: a value for each species; `laplacian`: theirs, then that
/// of the auxiliary field.
Derivatives derivatives_at(const Model& model, const double* u, const double* laplacian);

/// M(q) = reaction − q diffusion − q² fourth, where q = −∇² of a wave: k², or the discrete Laplacian's. It turns a
/// disturbance of the species into its rate of change.
struct Linearisation {
  std::size_t species = 0;
  Matrix reaction{};
  Matrix diffusion{};
  Matrix fourth{};                          ///< Of models of fourth order; else 0.
  std::array<double, kMostSpecies> rate{};  ///< ∂u/∂t of the homogeneous state itself, 0 where it rests.
};

/// `state`: a value for each species. `rotation`: ω of a frame that rotates with the
/// complex field A = u0 + i u1, in which A_t has the term + i ω A.
Linearisation linearise(const Model& model, const std::vector<double>& state, double rotation = 0);

Matrix matrix_at(const Linearisation& linear, double q);

/// The eigenvalues of the first `species` rows and columns: the largest real part first, then the largest imaginary.
std::vector<std::complex<double>> eigenvalues(const Matrix& matrix, std::size_t species);

/// c0 + c1 q + c2 q².
struct Quadratic {
  std::array<double, 3> coefficients{};

  [[nodiscard]] double at(double q) const { return coefficients[0] + q * (coefficients[1] + q * coefficients[2]); }
  /// Real roots above 0, ascending.
  [[nodiscard]] std::vector<double> positive_roots() const;
};

/// Above 0 exactly where M(q) has a real eigenvalue above 0 (an odd number of them): M itself for one species, −det M
/// for two. What is 0 but for rounding is 0.
Quadratic real_growth(const Linearisation& linear);

/// The trace of M(q): of two species, a pair of eigenvalues grows where it is above 0 and `real_growth` is not. What is
/// 0 but for rounding is 0.
Quadratic trace(const Linearisation& linear);

/// The q at which reaction and diffusion weigh alike: the scale of what happens over wavenumbers. 0 if there is none.
double natural_scale(const Linearisation& linear);

}  // namespace basalt::patterns
