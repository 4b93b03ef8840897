// Shapes whose Minkowski functionals are known, and what classes they are.
#include "workloads/patterns/statistics/morphology.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "patterns/statistics/invented.h"

namespace basalt::patterns {
namespace {

using std::numbers::pi;
using test::Invented;

Morphology shape_of(const std::vector<std::uint64_t>& size, const test::ValueAt& value,
                    const PatternRequest& request = {}) {
  const Invented state(size, 1, {"u"}, value);
  return morphology_of(state.view(), 0, 0.5, request);
}

PatternRequest closed_sides() {
  PatternRequest request;
  const Side closed{.kind = SideKind::neumann, .value = 0, .alpha = 0, .beta = 0};
  request.sides = {{{closed, closed}, {closed, closed}, {}}};
  return request;
}

/// Discs of radius 12, 64 cells apart.
double discs(std::size_t, double x, double y) {
  return std::hypot(std::fmod(x, 64) - 31.5, std::fmod(y, 64) - 31.5) < 12 ? 1 : 0;
}

TEST(Morphology, CountsDiscs) {
  const Morphology shape = shape_of({256, 192}, discs);
  EXPECT_DOUBLE_EQ(shape.euler, 12);
  EXPECT_NEAR(shape.area_fraction, pi * 144 / (64 * 64), 0.005);
  EXPECT_NEAR(shape.perimeter, 12 * 2 * pi * 12, 0.05 * 12 * 2 * pi * 12);
  EXPECT_NEAR(shape.roundness, 1, 0.1);
}

TEST(Morphology, CountsHolesAsItDoesDiscs) {
  const Morphology spots = shape_of({256, 192}, discs);
  const Morphology holes =
      shape_of({256, 192}, [](std::size_t species, double x, double y) { return 1 - discs(species, x, y); });
  EXPECT_DOUBLE_EQ(holes.euler, -spots.euler);
  EXPECT_DOUBLE_EQ(holes.perimeter, spots.perimeter);
  EXPECT_DOUBLE_EQ(holes.roundness, spots.roundness);
  EXPECT_DOUBLE_EQ(holes.area_fraction, 1 - spots.area_fraction);
}

TEST(Morphology, StripesAroundATorusHaveNoEnds) {
  const Morphology shape =
      shape_of({96, 64}, [](std::size_t, double x, double) { return std::fmod(x, 16) < 6 ? 1.0 : 0.0; });
  EXPECT_EQ(shape.euler, 0);
  EXPECT_EQ(shape.roundness, 0);
}

TEST(Morphology, StripsAreLessRoundTheLongerTheyAre) {
  const auto strip = [](double length) {
    return shape_of({200, 100}, [length](std::size_t, double x, double y) {
      return x >= 10 && x < 10 + length && y >= 40 && y < 50 ? 1.0 : 0.0;
    });
  };
  EXPECT_GT(strip(10).roundness, 0.8);
  EXPECT_NEAR(strip(40).roundness, 0.5, 0.08);
  EXPECT_LT(strip(120).roundness, 0.3);
  EXPECT_EQ(strip(120).euler, 1);
}

TEST(Morphology, EndsAtSidesThatAreNotPeriodic) {
  const auto half = [](std::size_t, double x, double) { return x < 32 ? 1.0 : 0.0; };
  EXPECT_EQ(shape_of({64, 64}, half).euler, 0);
  EXPECT_EQ(shape_of({64, 64}, half, closed_sides()).euler, 1);
}

TEST(Morphology, OfOneAxisIsAnArea) {
  const Morphology shape = shape_of({64}, [](std::size_t, double x, double) { return x < 16 ? 1.0 : 0.0; });
  EXPECT_EQ(shape.area_fraction, 0.25);
  EXPECT_EQ(shape.roundness, 0);
}

}  // namespace
}  // namespace basalt::patterns
