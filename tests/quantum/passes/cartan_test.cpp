// Every matrix of two qubits is its factors multiplied, those with equal angles included.
#include "workloads/quantum/passes/cartan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "workloads/quantum/passes/small_matrix.h"

namespace basalt::quantum {
namespace {

using std::numbers::pi;

constexpr double kTolerance = 2e-15 * 16;

using PairMatrix = std::array<Complex, 16>;

PairMatrix product_of(const OneQubitMatrix& high, const OneQubitMatrix& low) {
  PairMatrix result;
  for (std::size_t i = 0; i < 16; ++i) {
    const std::size_t row = i / 4;
    const std::size_t column = i % 4;
    result[i] = high[row / 2 * 2 + column / 2] * low[row % 2 * 2 + column % 2];
  }
  return result;
}

PairMatrix operator*(const PairMatrix& a, const PairMatrix& b) {
  PairMatrix result = b;
  multiply_onto(a, result);
  return result;
}

/// exp(i·(x·XX + y·YY + z·ZZ)): the three commute, and each squares to 1.
PairMatrix interaction(const std::array<double, 3>& angles) {
  const Complex i{0, 1};
  const std::array<OneQubitMatrix, 3> pauli{{{0, 1, 1, 0}, {0, -i, i, 0}, {1, 0, 0, -1}}};
  PairMatrix result = product_of({1, 0, 0, 1}, {1, 0, 0, 1});
  for (std::size_t axis = 0; axis < 3; ++axis) {
    PairMatrix factor = product_of(pauli[axis], pauli[axis]);
    for (std::size_t k = 0; k < 16; ++k) {
      factor[k] = i * std::sin(angles[axis]) * factor[k] + (k % 5 == 0 ? std::cos(angles[axis]) : 0);
    }
    result = factor * result;
  }
  return result;
}

void expect_unitary(const OneQubitMatrix& m) {
  EXPECT_NEAR(std::norm(m[0]) + std::norm(m[1]), 1, kTolerance);
  EXPECT_NEAR(std::norm(m[2]) + std::norm(m[3]), 1, kTolerance);
  EXPECT_NEAR(std::abs(m[0] * std::conj(m[2]) + m[1] * std::conj(m[3])), 0, kTolerance);
}

void expect_factors(const PairMatrix& matrix) {
  const CartanFactors factors = cartan_factors(matrix);
  for (std::size_t qubit = 0; qubit < 2; ++qubit) {
    expect_unitary(factors.before[qubit]);
    expect_unitary(factors.after[qubit]);
  }
  for (const double angle : factors.angles) {
    EXPECT_GT(angle, -pi / 4);
    EXPECT_LE(angle, pi / 4 + 1e-8);
  }
  const PairMatrix product = product_of(factors.after[1], factors.after[0]) * interaction(factors.angles) *
                             product_of(factors.before[1], factors.before[0]);
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_NEAR(std::abs(std::polar(1.0, factors.phase) * product[i] - matrix[i]), 0, kTolerance) << "entry " << i;
  }
}

class Drawing {
 public:
  explicit Drawing(std::uint64_t seed) : random_(seed) {}

  double angle() { return static_cast<double>(random_() % 62832) * 1e-4 - pi; }

  OneQubitMatrix any() {
    const double turn = angle();
    const Complex a = std::polar(std::cos(turn), angle());
    const Complex b = std::polar(std::sin(turn), angle());
    const Complex phase = std::polar(1.0, angle());
    return {phase * a, phase * b, -phase * std::conj(b), phase * std::conj(a)};
  }

  PairMatrix around(const PairMatrix& matrix) { return product_of(any(), any()) * matrix * product_of(any(), any()); }

 private:
  std::mt19937_64 random_;
};

TEST(CartanFactors, OfAnyInteraction) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Drawing drawing(seed);
    expect_factors(drawing.around(interaction({drawing.angle(), drawing.angle(), drawing.angle()})));
  }
}

// Where angles are equal or 0, the Bell states that belong to them are not unique.
TEST(CartanFactors, OfInteractionsWithEqualAngles) {
  const std::vector<double> angles{0, pi / 4, -pi / 4, pi / 2, 0.3, -0.3, 1e-9, pi / 4 - 1e-12};
  for (const double x : angles) {
    for (const double y : angles) {
      for (const double z : angles) {
        Drawing drawing(17);
        expect_factors(interaction({x, y, z}));
        expect_factors(drawing.around(interaction({x, y, z})));
      }
    }
  }
}

TEST(CartanFactors, OfWellKnownGates) {
  const Complex i{0, 1};
  expect_factors({1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
  expect_factors({1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0});   // CX
  expect_factors({1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1});   // SWAP
  expect_factors({1, 0, 0, 0, 0, 0, i, 0, 0, i, 0, 0, 0, 0, 0, 1});   // iSWAP
  expect_factors({1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1});  // CZ
}

TEST(CartanFactors, SayHowMuchQubitsDoTogether) {
  const auto angles_of = [](const PairMatrix& matrix) {
    std::array<double, 3> angles = cartan_factors(matrix).angles;
    std::ranges::transform(angles, angles.begin(), [](double angle) { return std::abs(angle); });
    std::ranges::sort(angles);
    return angles;
  };
  Drawing drawing(5);
  const auto nothing = angles_of(product_of(drawing.any(), drawing.any()));
  EXPECT_NEAR(nothing[2], 0, 1e-15);
  const auto cx = angles_of(drawing.around({1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0}));
  EXPECT_NEAR(cx[1], 0, 1e-15);
  EXPECT_NEAR(cx[2], pi / 4, 1e-15);
  const auto swap = angles_of(drawing.around({1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1}));
  EXPECT_NEAR(swap[0], pi / 4, 1e-15);
}

}  // namespace
}  // namespace basalt::quantum
