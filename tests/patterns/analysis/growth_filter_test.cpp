// The polynomial against the exponential, on spectra of all shapes.
#include "workloads/patterns/analysis/growth_filter.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace basalt::patterns {
namespace {

constexpr double kAnyTime = std::numeric_limits<double>::max();

/// p of the matrix that multiplies complex numbers, as pairs, by z.
std::complex<double> filtered(const GrowthFilter& filter, std::complex<double> z) {
  const LinearMap multiply = [z](const double* from, double* to) {
    const std::complex<double> product = z * std::complex<double>(from[0], from[1]);
    to[0] = product.real();
    to[1] = product.imag();
  };
  const std::array<double, 2> one = {1, 0};
  std::array<double, 2> result{};
  std::array<double, 6> scratch{};
  filter.apply(multiply, one.data(), result.data(), scratch.data(), 2);
  return {result[0], result[1]};
}

TEST(GrowthFilter, IsTheExponentialOnItsSpectrum) {
  const std::vector<SpectrumBox> boxes = {
      {.left = -80, .right = 0.2, .top = 0},  // diffusion
      {.left = -80, .right = 0.2, .top = 3}, {.left = -1e6, .right = 1, .top = 3},
      {.left = -8, .right = 1, .top = 8},    {.left = -1, .right = 0, .top = 50},  // damped waves
      {.left = 0, .right = 0, .top = 5},                                           // waves
  };
  for (const SpectrumBox& box : boxes) {
    const GrowthFilter filter(box, kAnyTime);
    EXPECT_LE(filter.degree(), 160U);
    for (const double along : {0.0, 0.3, 0.9, 0.999, 1.0}) {
      for (const double up : {0.0, 0.5, 1.0}) {
        const std::complex<double> z(box.left + along * (box.right - box.left), up * box.top);
        const std::complex<double> expected = std::exp(filter.time() * (z - filter.right()));
        EXPECT_NEAR(std::abs(filtered(filter, z) - expected), 0, 1e-12) << z << " of a box up to " << box.top;
      }
    }
  }
}

TEST(GrowthFilter, ReachesFartherAlongTheRealAxis) {
  const GrowthFilter real({.left = -100, .right = 0, .top = 0}, kAnyTime);
  const GrowthFilter imaginary({.left = 0, .right = 0, .top = 50}, kAnyTime);
  EXPECT_GT(real.time(), 3 * imaginary.time());
}

TEST(GrowthFilter, IsAsLongAsItIsAsked) {
  const SpectrumBox box = {.left = -100, .right = 0, .top = 1};
  const GrowthFilter longest(box, kAnyTime);
  const GrowthFilter half(box, longest.time() / 2);
  EXPECT_DOUBLE_EQ(half.time(), longest.time() / 2);
  EXPECT_LT(half.degree(), longest.degree());
}

/// All eigenvalues at one place: an ellipse of any size holds them.
TEST(GrowthFilter, TakesASpectrumOfOnePoint) {
  const GrowthFilter filter({.left = -2, .right = -2, .top = 0}, 3);
  EXPECT_GT(filter.right(), -2);
  EXPECT_NEAR(std::abs(filtered(filter, -2)), std::exp(3 * (-2 - filter.right())), 1e-12);
}

TEST(SpectrumBox, GrowsToHold) {
  SpectrumBox box;
  box.include({-3, 2});
  box.include({1, -4});
  EXPECT_EQ(box.left, -3);
  EXPECT_EQ(box.right, 1);
  EXPECT_EQ(box.top, 4);
}

}  // namespace
}  // namespace basalt::patterns
