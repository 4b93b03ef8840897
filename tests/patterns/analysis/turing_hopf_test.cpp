// Where Turing and Hopf instabilities begin at once, against formulas.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "basalt/error.h"
#include "basalt/pattern_analysis.h"

namespace basalt {
namespace {

std::vector<TuringHopfPoint> points(const std::string& model, const std::map<std::string, double>& parameters,
                                    const PatternRange& first, const PatternRange& second) {
  PatternAnalysisRequest request{.model = model, .parameters = parameters};
  request.points = 2;
  request.codimension_two = {first, second};
  return analyse_pattern(request).turing_hopf;
}

/// Hopf at b = 1 + a², Turing at b = (1 + a √(Du/Dv))² with k² = a/√(Du Dv): both where √(Du/Dv) = (√(1 + a²) − 1)/a.
/// A. De Wit et al., Phys. Rev. E 54 (1996) 261.
TEST(TuringHopfPoints, OfBrusselator) {
  for (const double a : {1.0, 3.0}) {
    const double ratio = std::pow((std::sqrt(1 + a * a) - 1) / a, 2);
    const double dv = 4 / ratio;
    const auto found = points("brusselator", {{"a", a}, {"Du", 4}}, {"b", 1.1, 12}, {"Dv", 5, 40});
    ASSERT_EQ(found.size(), 1U) << a;
    EXPECT_NEAR(found[0].values[0], 1 + a * a, 1e-8);
    EXPECT_NEAR(found[0].values[1], dv, 1e-7);
    EXPECT_NEAR(found[0].frequency, a, 1e-8);
    EXPECT_NEAR(found[0].wavenumber * found[0].wavenumber, a / std::sqrt(4 * dv), 1e-8);
    EXPECT_NEAR(found[0].wavelength, 2 * std::numbers::pi / found[0].wavenumber, 1e-12);
    EXPECT_NEAR(found[0].state[0], a, 1e-8);
    EXPECT_NEAR(found[0].state[1], (1 + a * a) / a, 1e-8);
  }
}

/// The order of the parameters says nothing, nor which of them moves which instability.
TEST(TuringHopfPoints, AreTheSameInEitherOrder) {
  const auto one = points("brusselator", {{"b", 5}, {"Dv", 10}}, {"a", 1, 4}, {"Du", 1, 10});
  const auto other = points("brusselator", {{"b", 5}, {"Dv", 10}}, {"Du", 1, 10}, {"a", 1, 4});
  ASSERT_EQ(one.size(), 1U);
  ASSERT_EQ(other.size(), 1U);
  EXPECT_NEAR(one[0].values[0], 2, 1e-8);
  EXPECT_NEAR(one[0].values[1], 10 * std::pow((std::sqrt(5.0) - 1) / 2, 2), 1e-7);
  EXPECT_NEAR(other[0].values[0], one[0].values[1], 1e-8);
  EXPECT_NEAR(other[0].values[1], one[0].values[0], 1e-8);
}

/// Between two lines of the first range: both instabilities hardly depend on the second parameter within its own.
TEST(TuringHopfPoints, AreFoundAlongEitherRange) {
  const PatternRange wide = {"b", 0.1, 20.2};
  const PatternRange narrow = {"Dv", 10.3, 10.65};
  EXPECT_EQ(points("brusselator", {{"a", 2}, {"Du", 4}}, wide, narrow).size(), 1U);
  EXPECT_EQ(points("brusselator", {{"a", 2}, {"Du", 4}}, narrow, wide).size(), 1U);
}

/// u = a + b, v = b/u²: trace (b − a)/u − u² = 0, and Dv (b − a)/u − u² = 2 √Dv u at Du = 1.
TEST(TuringHopfPoints, OfSchnakenberg) {
  const auto found = points("schnakenberg", {{"a", 0.05}}, {"b", 0.4, 1.2}, {"Dv", 1.5, 40});
  ASSERT_EQ(found.size(), 1U);
  const double b = found[0].values[0];
  const double dv = found[0].values[1];
  const double u = 0.05 + b;
  EXPECT_NEAR((b - 0.05) / u, u * u, 1e-8);
  EXPECT_NEAR(dv * (b - 0.05) / u - u * u, 2 * std::sqrt(dv) * u, 1e-7);
  EXPECT_NEAR(found[0].frequency, u, 1e-8);
}

/// At either of them both instabilities begin, as one parameter varies.
TEST(TuringHopfPoints, AreWhereCriticalPointsMeet) {
  const auto found = points("gierer-meinhardt", {}, {"nu", 0.3, 2}, {"Dv", 1.5, 40});
  ASSERT_FALSE(found.empty());
  for (const TuringHopfPoint& point : found) {
    PatternAnalysisRequest request{.model = "gierer-meinhardt", .parameters = {{"Dv", point.values[1]}}};
    request.vary = PatternRange{"nu", point.values[0] - 0.1, point.values[0] + 0.1};
    bool turing = false;
    bool hopf = false;
    for (const CriticalPoint& critical : analyse_pattern(request).critical) {
      const bool here = std::abs(critical.value - point.values[0]) < 1e-6;
      turing = turing || (here && critical.bifurcation == Bifurcation::turing);
      hopf = hopf || (here && critical.bifurcation == Bifurcation::hopf);
    }
    EXPECT_TRUE(turing && hopf) << point.values[0];
  }
}

TEST(TuringHopfPoints, AreNoneWhereThereIsNoHopf) {
  EXPECT_TRUE(points("swift-hohenberg", {}, {"r", -1, 1}, {"g", 0, 2}).empty());
  EXPECT_TRUE(points("brusselator", {{"a", 2}, {"Du", 4}}, {"b", 1.1, 4.9}, {"Dv", 5, 40}).empty());
}

TEST(TuringHopfPoints, RefuseWhatCannotBe) {
  const auto refused = [](const PatternRange& first, const PatternRange& second, const std::string& word) {
    try {
      points("brusselator", {}, first, second);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_usage);
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
      return;
    }
    ADD_FAILURE() << "not refused: " << word;
  };
  refused({"b", 1, 2}, {"b", 2, 3}, "b cannot vary over two ranges");
  refused({"b", 1, 2}, {"d", 2, 3}, "no parameter 'd'");
  refused({"b", 2, 1}, {"a", 2, 3}, "cannot go from 2 to 1");
}

}  // namespace
}  // namespace basalt
