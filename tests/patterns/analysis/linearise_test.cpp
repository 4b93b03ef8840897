// Derivatives against differences, growth rates against formulas derived by hand.
#include "workloads/patterns/analysis/linearise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "workloads/patterns/analysis/dual.h"
#include "workloads/patterns/analysis/steady.h"

namespace basalt::patterns {
namespace {

using Complex = std::complex<double>;

/// The rates of a wave of that q on top of a state, to first order, by plain evaluation: w is a function of u and ∇²u.
std::vector<double> rates_of_wave(const Model& model, const std::vector<double>& state, double q, std::size_t species,
                                  double height) {
  std::vector<double> u = state;
  u[species] += height;
  std::vector<double> laplacian(kMostLaplacians, 0.0);
  laplacian[species] = -q * height;
  with_equations(model.number, [&](auto equations) {
    if constexpr (decltype(equations)::kAuxiliary > 0) {
      const double* const p = model.parameters.data();
      const std::vector<double> flat(kMostLaplacians, 0.0);
      double w = 0;
      double w0 = 0;
      equations.auxiliary(u.data(), laplacian.data(), p, w);
      equations.auxiliary(state.data(), flat.data(), p, w0);
      laplacian[1] = -q * (w - w0);
    }
  });
  std::vector<double> rate(species + 2);
  rates_at(model, u.data(), laplacian.data(), rate.data());
  return rate;
}

TEST(Dual, DifferentiatesProductsAndQuotients) {
  using Number = Dual<2>;
  const Number x = Number::input(3, 0);
  const Number y = Number::input(-2, 1);
  const Number z = x * x / y - Number(5) * y + x;  // x²/y − 5 y + x
  EXPECT_DOUBLE_EQ(z.value, -4.5 + 10 + 3);
  EXPECT_DOUBLE_EQ(z.slope[0], 2 * 3.0 / -2 + 1);
  EXPECT_DOUBLE_EQ(z.slope[1], -9.0 / 4 - 5);
}

TEST(Linearise, AgreesWithDifferencesForEveryModel) {
  for (const PatternModel& description : pattern_models()) {
    const Model model = make_model(description.name, {});
    const std::vector<double> state = model.species() == 1 ? std::vector{0.7} : std::vector{0.7, 1.3};
    const Linearisation linear = linearise(model, state);
    for (const double q : {0.0, 0.4, 2.5}) {
      const Matrix matrix = matrix_at(linear, q);
      for (std::size_t column = 0; column < model.species(); ++column) {
        constexpr double kHeight = 1e-5;
        const std::vector<double> above = rates_of_wave(model, state, q, column, kHeight);
        const std::vector<double> below = rates_of_wave(model, state, q, column, -kHeight);
        for (std::size_t row = 0; row < model.species(); ++row) {
          const double slope = (above[row] - below[row]) / (2 * kHeight);
          EXPECT_NEAR(matrix[row][column], slope, 1e-7 * (1 + std::abs(slope))) << description.name << " q = " << q;
        }
      }
    }
  }
}

TEST(Linearise, KeepsTheRateOfTheState) {
  const Model model = make_model("schnakenberg", {});
  const Linearisation linear = linearise(model, std::vector{2.0, 0.5});
  EXPECT_DOUBLE_EQ(linear.rate[0], 0.1 - 2 + 4 * 0.5);
  EXPECT_DOUBLE_EQ(linear.rate[1], 0.9 - 4 * 0.5);
}

TEST(Dispersion, OfSwiftHohenberg) {
  const Model model = make_model("swift-hohenberg", {{"r", 0.3}, {"g", 1.7}});
  const Linearisation linear = linearise(model, std::vector{0.0});
  for (const double k : {0.0, 0.3, 1.0, 1.6}) {
    const double square = (1 - k * k) * (1 - k * k);
    EXPECT_NEAR(eigenvalues(matrix_at(linear, k * k), 1)[0].real(), 0.3 - square, 1e-14);
  }
}

TEST(Dispersion, OfCahnHilliard) {
  const Model model = make_model("cahn-hilliard", {{"M", 0.7}, {"kappa", 1.9}});
  for (const double u : {0.0, 0.3, -0.8}) {
    const Linearisation linear = linearise(model, std::vector{u});
    for (const double k : {0.0, 0.2, 0.9}) {
      const double growth = -0.7 * k * k * (3 * u * u - 1 + 1.9 * k * k);
      EXPECT_NEAR(eigenvalues(matrix_at(linear, k * k), 1)[0].real(), growth, 1e-14);
    }
  }
}

TEST(Dispersion, OfGinzburgLandauAtZero) {
  const Model model = make_model("ginzburg-landau", {{"b", 1.5}, {"c", -0.4}});
  const Linearisation linear = linearise(model, std::vector{0.0, 0.0});
  for (const double k : {0.0, 0.5, 1.3}) {
    const auto rates = eigenvalues(matrix_at(linear, k * k), 2);
    EXPECT_NEAR(std::abs(rates[0] - Complex(1 - k * k, 1.5 * k * k)), 0, 1e-14);
    EXPECT_NEAR(std::abs(rates[1] - Complex(1 - k * k, -1.5 * k * k)), 0, 1e-14);
  }
}

/// Of A = exp(−i c t): s = −(1 + k²) ± √((1 + k²)² − 2 (1 + b c) k² − (1 + b²) k⁴).
TEST(Dispersion, OfGinzburgLandauAtItsOscillation) {
  constexpr double kB = 1.5;
  constexpr double kC = -0.4;
  const Model model = make_model("ginzburg-landau", {{"b", kB}, {"c", kC}});
  const Linearisation linear = linearise(model, std::vector{1.0, 0.0}, kC);
  for (const double k : {0.0, 0.5, 1.3, 4.0}) {
    const double q = k * k;
    const Complex root = std::sqrt(Complex((1 + q) * (1 + q) - 2 * (1 + kB * kC) * q - (1 + kB * kB) * q * q, 0));
    const auto rates = eigenvalues(matrix_at(linear, q), 2);
    EXPECT_NEAR(std::abs(rates[0] - (-(1 + q) + root)), 0, 1e-13) << k;
    EXPECT_NEAR(std::abs(rates[1] - (-(1 + q) - root)), 0, 1e-13) << k;
  }
}

/// Bogoliubov: s² = −(k²/2)(k²/2 + 2 g n), n = |ψ|².
TEST(Dispersion, OfNonlinearSchrodinger) {
  for (const double g : {-1.0, 0.8}) {
    const Model model = make_model("nonlinear-schrodinger", {{"g", g}});
    const RestingState state = resting_states(model, 1.5).front();
    EXPECT_DOUBLE_EQ(state.rotation, g * 2.25);
    const Linearisation linear = linearise(model, state);
    for (const double k : {0.3, 1.0, 5.0}) {
      const double half = k * k / 2;
      const Complex expected = std::sqrt(Complex(-half * (half + 2 * g * 2.25), 0));
      EXPECT_NEAR(std::abs(eigenvalues(matrix_at(linear, k * k), 2)[0] - expected), 0, 1e-13) << k;
    }
  }
}

/// Of a linear pair without reaction: −D k².
TEST(Dispersion, OfDiffusionAlone) {
  const Model model = make_model("schnakenberg", {{"gamma", 0}, {"Du", 2}, {"Dv", 3}});
  const Linearisation linear = linearise(model, std::vector{1.0, 1.0});
  const auto rates = eigenvalues(matrix_at(linear, 0.25), 2);
  EXPECT_DOUBLE_EQ(rates[0].real(), -0.5);
  EXPECT_DOUBLE_EQ(rates[1].real(), -0.75);
}

TEST(Eigenvalues, KeepTheSmallOneOfAStiffPair) {
  const Matrix matrix = {{{-1e9, 1}, {1, -1e-9 - 1e-6}}};  // det = 1 + 1000 − 1, trace = −1e9
  const auto rates = eigenvalues(matrix, 2);
  EXPECT_NEAR(rates[0].real(), -1e-6, 1e-14);
  EXPECT_DOUBLE_EQ(rates[1].real(), -1e9);
}

TEST(Quadratic, FindsItsRoots) {
  EXPECT_EQ((Quadratic{{-6, 5, -1}}.positive_roots()), (std::vector{2.0, 3.0}));
  EXPECT_EQ((Quadratic{{-6, 1, 1}}.positive_roots()), (std::vector{2.0}));
  EXPECT_EQ((Quadratic{{0, 4, -2}}.positive_roots()), (std::vector{2.0}));
  EXPECT_EQ((Quadratic{{-4, 2, 0}}.positive_roots()), (std::vector{2.0}));
  EXPECT_TRUE((Quadratic{{1, 0, 1}}.positive_roots().empty()));
  EXPECT_TRUE((Quadratic{{0, 0, 0}}.positive_roots().empty()));
}

}  // namespace
}  // namespace basalt::patterns
