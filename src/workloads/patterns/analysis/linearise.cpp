#include "workloads/patterns/analysis/linearise.h"

#include <algorithm>
#include <cmath>

#include "workloads/patterns/analysis/dual.h"

namespace basalt::patterns {
namespace {

/// What is smaller than this beside the terms that it is a sum of, is what rounding left of 0.
constexpr double kRounding = 1e-12;

/// Species are inputs 0 and 1, their Laplacians (then that of the auxiliary field) 2 and 3.
using Number = Dual<kMostSpecies + kMostLaplacians>;

template <typename Equations>
Derivatives differentiate(const Model& model, const double* values, const double* laplacians) {
  constexpr std::size_t kSpecies = Equations::kSpecies;
  constexpr std::size_t kFields = kSpecies + Equations::kAuxiliary;
  std::array<Number, kMostParameters> parameters;
  std::transform(model.parameters.begin(), model.parameters.end(), parameters.begin(),
                 [](double value) { return Number(value); });
  std::array<Number, kMostSpecies> u;
  std::array<Number, kMostLaplacians> laplacian;
  for (std::size_t i = 0; i < kSpecies; ++i) {
    u[i] = Number::input(values[i], i);
  }
  for (std::size_t i = 0; i < kFields; ++i) {
    laplacian[i] = Number::input(laplacians[i], kMostSpecies + i);
  }
  std::array<Number, kMostSpecies> rate;
  Equations::rates(u.data(), laplacian.data(), parameters.data(), rate.data());

  Derivatives at{.species = kSpecies};
  for (std::size_t row = 0; row < kSpecies; ++row) {
    at.rate[row] = rate[row].value;
    std::copy_n(rate[row].slope.begin(), kSpecies, at.by_value[row].begin());
    std::copy_n(rate[row].slope.begin() + kMostSpecies, kFields, at.by_laplacian[row].begin());
  }
  if constexpr (Equations::kAuxiliary > 0) {
    Number auxiliary;
    Equations::auxiliary(u.data(), laplacian.data(), parameters.data(), auxiliary);
    at.auxiliary = auxiliary.value;
    at.auxiliary_by_value = auxiliary.slope[0];
    at.auxiliary_by_laplacian = auxiliary.slope[kMostSpecies];
  }
  return at;
}

double norm(const Matrix& matrix) {
  double largest = 0;
  for (const auto& row : matrix) {
    for (const double value : row) {
      largest = std::max(largest, std::abs(value));
    }
  }
  return largest;
}

double sum_unless_rounding(std::initializer_list<double> terms) {
  double sum = 0;
  double size = 0;
  for (const double term : terms) {
    sum += term;
    size += std::abs(term);
  }
  return std::abs(sum) <= kRounding * size ? 0 : sum;
}

}  // namespace

Derivatives derivatives_at(const Model& model, const double* u, const double* laplacian) {
  return with_equations(model.number,
                        [&](auto equations) { return differentiate<decltype(equations)>(model, u, laplacian); });
}

Linearisation linearise(const Model& model, const std::vector<double>& state, double rotation) {
  constexpr std::array<double, kMostLaplacians> kFlat{};
  const Derivatives at = derivatives_at(model, state.data(), kFlat.data());
  Linearisation linear{.species = at.species, .reaction = at.by_value, .rate = at.rate};
  for (std::size_t row = 0; row < at.species; ++row) {
    std::copy_n(at.by_laplacian[row].begin(), at.species, linear.diffusion[row].begin());
  }
  if (model.auxiliary() > 0) {
    // w = P u + Q ∇²u adds C ∇²w to the rate: C P ∇²u + C Q ∇⁴u.
    const double by_auxiliary = at.by_laplacian[0][1];
    linear.diffusion[0][0] += by_auxiliary * at.auxiliary_by_value;
    linear.fourth[0][0] = -by_auxiliary * at.auxiliary_by_laplacian;
  }
  if (rotation != 0) {
    linear.reaction[0][1] -= rotation;
    linear.reaction[1][0] += rotation;
    linear.rate[0] -= rotation * state[1];
    linear.rate[1] += rotation * state[0];
  }
  return linear;
}

Matrix matrix_at(const Linearisation& linear, double q) {
  Matrix matrix{};
  for (std::size_t row = 0; row < kMostSpecies; ++row) {
    for (std::size_t column = 0; column < kMostSpecies; ++column) {
      matrix[row][column] =
          linear.reaction[row][column] - q * (linear.diffusion[row][column] + q * linear.fourth[row][column]);
    }
  }
  return matrix;
}

std::vector<std::complex<double>> eigenvalues(const Matrix& matrix, std::size_t species) {
  if (species == 1) {
    return {matrix[0][0]};
  }
  const double mean = (matrix[0][0] + matrix[1][1]) / 2;
  const double half = (matrix[0][0] - matrix[1][1]) / 2;
  const double square = half * half + matrix[0][1] * matrix[1][0];
  if (square < 0) {
    const double frequency = std::sqrt(-square);
    return {{mean, frequency}, {mean, -frequency}};
  }
  // Without the difference of numbers that are almost the same: the other root follows from the product.
  const double root = std::sqrt(square);
  const double far = mean < 0 ? mean - root : mean + root;
  const double determinant = matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0];
  const double near = far == 0 ? 0 : determinant / far;
  return {std::max(far, near), std::min(far, near)};
}

std::vector<double> Quadratic::positive_roots() const {
  const auto [c0, c1, c2] = coefficients;
  std::vector<double> roots;
  const auto add = [&](double root) {
    if (root > 0 && std::isfinite(root)) {
      roots.push_back(root);
    }
  };
  if (c2 == 0) {
    add(-c0 / c1);
    return roots;
  }
  const double discriminant = c1 * c1 - 4 * c0 * c2;
  if (discriminant < 0) {
    return roots;
  }
  const double sum = -(c1 + std::copysign(std::sqrt(discriminant), c1)) / 2;
  add(sum / c2);
  if (sum != 0 && discriminant > 0) {
    add(c0 / sum);
  }
  std::sort(roots.begin(), roots.end());
  return roots;
}

Quadratic real_growth(const Linearisation& linear) {
  const Matrix& a = linear.reaction;
  const Matrix& d = linear.diffusion;
  if (linear.species == 1) {
    return {{a[0][0], -d[0][0], -linear.fourth[0][0]}};
  }
  return {{-sum_unless_rounding({a[0][0] * a[1][1], -a[0][1] * a[1][0]}),
           sum_unless_rounding({a[0][0] * d[1][1], a[1][1] * d[0][0], -a[0][1] * d[1][0], -a[1][0] * d[0][1]}),
           -sum_unless_rounding({d[0][0] * d[1][1], -d[0][1] * d[1][0]})}};
}

Quadratic trace(const Linearisation& linear) {
  return {{sum_unless_rounding({linear.reaction[0][0], linear.reaction[1][1]}),
           -sum_unless_rounding({linear.diffusion[0][0], linear.diffusion[1][1]}),
           -sum_unless_rounding({linear.fourth[0][0], linear.fourth[1][1]})}};
}

double natural_scale(const Linearisation& linear) {
  const double reaction = norm(linear.reaction);
  const double diffusion = norm(linear.diffusion);
  const double fourth = norm(linear.fourth);
  if (reaction == 0) {
    return fourth == 0 ? 0 : diffusion / fourth;
  }
  // The root above 0 of reaction = q diffusion + q² fourth.
  const double root = diffusion + std::sqrt(diffusion * diffusion + 4 * reaction * fourth);
  return root == 0 ? 0 : 2 * reaction / root;
}

}  // namespace basalt::patterns
