// Conditions, critical values and reports against published values and formulas.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>

#include "basalt/error.h"
#include "basalt/pattern.h"
#include "basalt/pattern_analysis.h"

namespace basalt {
namespace {

using Names = std::vector<Bifurcation>;

PatternAnalysis analyse(const std::string& model, const std::map<std::string, double>& parameters) {
  return analyse_pattern({.model = model, .parameters = parameters});
}

std::vector<CriticalPoint> critical(const std::string& model, const std::map<std::string, double>& parameters,
                                    const PatternRange& range) {
  return analyse_pattern({.model = model, .parameters = parameters, .vary = range}).critical;
}

/// Murray, Mathematical Biology II (2003), section 2.4: d_c = 8.5676, k_c² = 0.3416 at a = 0.1, b = 0.9.
TEST(CriticalPoints, OfSchnakenberg) {
  const auto points = critical("schnakenberg", {}, {.parameter = "Dv", .from = 1, .to = 40});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].bifurcation, Bifurcation::turing);
  EXPECT_NEAR(points[0].value, 8.5676, 5e-5);
  EXPECT_NEAR(points[0].wavenumber * points[0].wavenumber, 0.3416, 5e-5);
  EXPECT_NEAR(points[0].wavelength, 2 * std::numbers::pi / points[0].wavenumber, 1e-12);
  EXPECT_NEAR(points[0].state[1], 0.9, 1e-12);
}

/// With J = (0.8, 1; −1.8, −1): 0.8 d − 1 = 2 √d, so √d = (1 + √1.8)/0.8, and k_c² = 1/√d.
TEST(CriticalPoints, AreExactToRounding) {
  const double root = (1 + std::sqrt(1.8)) / 0.8;
  const auto points = critical("schnakenberg", {}, {.parameter = "Dv", .from = 2, .to = 11});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_NEAR(points[0].value, root * root, 1e-12);
  EXPECT_NEAR(points[0].wavenumber * points[0].wavenumber, 1 / root, 1e-12);
}

/// b = 1 + a² with frequency a; b = (1 + a √(Du/Dv))² with k² = a/√(Du Dv).
TEST(CriticalPoints, OfBrusselator) {
  const auto points =
      critical("brusselator", {{"a", 3}, {"Du", 5}, {"Dv", 12}}, {.parameter = "b", .from = 1, .to = 15});
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].bifurcation, Bifurcation::turing);
  EXPECT_NEAR(points[0].value, std::pow(1 + 3 * std::sqrt(5.0 / 12), 2), 1e-11);
  EXPECT_NEAR(points[0].wavenumber * points[0].wavenumber, 3 / std::sqrt(60.0), 1e-10);
  EXPECT_EQ(points[1].bifurcation, Bifurcation::hopf);
  EXPECT_NEAR(points[1].value, 10, 1e-10);
  EXPECT_NEAR(points[1].frequency, 3, 1e-10);
  EXPECT_TRUE(std::isinf(points[1].wavelength));
}

/// States appear at k = √F/2 − F.
TEST(CriticalPoints, HaveTheFoldOfGrayScott) {
  const auto points = critical("gray-scott", {{"F", 0.04}}, {.parameter = "k", .from = 0.03, .to = 0.08});
  std::vector<CriticalPoint> folds;
  std::copy_if(points.begin(), points.end(), std::back_inserter(folds),
               [](const CriticalPoint& each) { return each.bifurcation == Bifurcation::fold; });
  ASSERT_EQ(folds.size(), 1U);
  EXPECT_NEAR(folds[0].value, 0.06, 1e-10);
  EXPECT_NEAR(folds[0].state[0], 0.5, 1e-4);
}

TEST(CriticalPoints, OfSwiftHohenberg) {
  const auto points = critical("swift-hohenberg", {}, {.parameter = "r", .from = -0.3, .to = 0.5});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].bifurcation, Bifurcation::turing);
  EXPECT_NEAR(points[0].value, 0, 1e-14);
  EXPECT_NEAR(points[0].wavenumber, 1, 1e-12);
}

/// Benjamin and Feir: 1 + b c < 0.
TEST(CriticalPoints, OfGinzburgLandau) {
  const auto points = critical("ginzburg-landau", {{"b", 2}}, {.parameter = "c", .from = -2, .to = 1.1});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].bifurcation, Bifurcation::long_wave);
  EXPECT_NEAR(points[0].value, -0.5, 1e-9);
  EXPECT_NEAR(points[0].state[0], 1, 1e-12);
}

TEST(Analysis, NamesInstabilities) {
  EXPECT_EQ(analyse("schnakenberg", {{"Dv", 10}}).states[0].instabilities, Names{Bifurcation::turing});
  EXPECT_EQ(analyse("schnakenberg", {{"Dv", 8}}).states[0].instabilities, Names{});
  const std::map<std::string, double> both = {{"a", 3}, {"b", 10.5}, {"Du", 5}, {"Dv", 12}};
  EXPECT_EQ(analyse("brusselator", both).states[0].instabilities, (Names{Bifurcation::hopf, Bifurcation::turing}));
  EXPECT_EQ(analyse("cahn-hilliard", {}).states[0].instabilities, Names{Bifurcation::long_wave});
  EXPECT_EQ(analyse("swift-hohenberg", {}).states[0].instabilities, Names{Bifurcation::turing});
  EXPECT_EQ(analyse("gray-scott", {}).states.back().instabilities, Names{});
  EXPECT_EQ(analyse("nonlinear-schrodinger", {{"g", -1}}).states[0].instabilities, Names{Bifurcation::long_wave});
  EXPECT_EQ(analyse("nonlinear-schrodinger", {{"g", 1}}).states[0].instabilities, Names{});
  EXPECT_EQ(analyse("ginzburg-landau", {{"b", 1}, {"c", -1.2}}).states[1].instabilities, Names{Bifurcation::long_wave});
  EXPECT_EQ(analyse("ginzburg-landau", {{"b", 1}, {"c", -0.8}}).states[1].instabilities, Names{});
}

TEST(Analysis, NamesKinds) {
  EXPECT_EQ(analyse("gray-scott", {}).states.back().kind, "stable node");
  EXPECT_EQ(analyse("schnakenberg", {}).states[0].kind, "stable focus");
  EXPECT_EQ(analyse("fitzhugh-nagumo", {}).states[1].kind, "saddle");
  EXPECT_EQ(analyse("brusselator", {{"a", 1}, {"b", 2}}).states[0].kind, "centre");
  EXPECT_EQ(analyse("brusselator", {{"a", 1}, {"b", 2.5}}).states[0].kind, "unstable focus");
  EXPECT_EQ(analyse("brusselator", {{"a", 1}, {"b", 9}}).states[0].kind, "unstable node");
  EXPECT_EQ(analyse("cahn-hilliard", {}).states[0].kind, "neutral");
  EXPECT_EQ(analyse("swift-hohenberg", {}).states[0].kind, "stable");
}

/// Turing's four conditions, with J = (0.8, 1; −1.8, −1): trace −0.2, determinant 1.
TEST(Analysis, GivesTuringConditions) {
  const auto conditions = analyse("schnakenberg", {{"Dv", 10}}).states[0].conditions;
  ASSERT_TRUE(conditions);
  EXPECT_NEAR(conditions->trace, -0.2, 1e-14);
  EXPECT_NEAR(conditions->determinant, 1, 1e-14);
  EXPECT_NEAR(conditions->mixed, 7, 1e-13);
  EXPECT_NEAR(conditions->discriminant, 49 - 40, 1e-12);
  EXPECT_FALSE(analyse("swift-hohenberg", {}).states[0].conditions);
  EXPECT_FALSE(analyse("ginzburg-landau", {}).states[0].conditions);
}

TEST(Analysis, FindsBandsAndTheFastestMode) {
  const SteadyState state = analyse("swift-hohenberg", {{"r", 0.3}}).states[0];
  ASSERT_EQ(state.bands.size(), 1U);
  EXPECT_NEAR(state.bands[0].from, std::sqrt(1 - std::sqrt(0.3)), 1e-12);
  EXPECT_NEAR(state.bands[0].to, std::sqrt(1 + std::sqrt(0.3)), 1e-12);
  EXPECT_NEAR(state.fastest.wavenumber, 1, 1e-7);
  EXPECT_NEAR(state.fastest.growth, 0.3, 1e-14);
  EXPECT_NEAR(state.fastest.wavelength, 2 * std::numbers::pi, 1e-6);
  // −M k² (−1 + κ k²): largest at k² = 1/(2 κ), where it is M/(4 κ)
  const SteadyState conserved = analyse("cahn-hilliard", {{"M", 3}, {"kappa", 2}}).states[0];
  EXPECT_NEAR(conserved.fastest.wavenumber, 0.5, 1e-7);
  EXPECT_NEAR(conserved.fastest.growth, 3.0 / 8, 1e-14);
  EXPECT_EQ(conserved.bands[0].from, 0);
  EXPECT_NEAR(conserved.bands[0].to, std::sqrt(0.5), 1e-12);
}

/// Without diffusion of the activator every wave that is short enough grows.
TEST(Analysis, SaysWhereNoShortWaveDecays) {
  const SteadyState state = analyse("schnakenberg", {{"Du", 0}}).states[0];
  ASSERT_EQ(state.bands.size(), 1U);
  EXPECT_TRUE(std::isinf(state.bands[0].to));
  EXPECT_GT(state.dispersion.back().wavenumber, 0);
}

TEST(Analysis, FollowsTheGridWhereThereIsOne) {
  const PatternAnalysis analysis =
      analyse_pattern({.model = "schnakenberg", .points = 11, .spacing = 0.5, .vary = PatternRange{"Dv", 1, 40}});
  const PatternAnalysis space = analyse("schnakenberg", {});
  for (const DispersionPoint& point : analysis.states[0].dispersion) {
    const double root = 4 * std::sin(point.wavenumber / 4);
    // J = (0.8, 1; −1.8, −1), Du = 1, Dv = 10
    const double trace = -0.2 - 11 * root * root;
    const double determinant = (0.8 - root * root) * (-1 - 10 * root * root) + 1.8;
    EXPECT_NEAR((point.rates[0] + point.rates[1]).real(), trace, 1e-10);
    EXPECT_NEAR((point.rates[0] * point.rates[1]).real(), determinant, 1e-10);
  }
  EXPECT_GT(analysis.states[0].fastest.wavenumber, space.states[0].fastest.wavenumber);
  EXPECT_NEAR(analysis.states[0].fastest.growth, space.states[0].fastest.growth, 1e-12);
  EXPECT_GT(analysis.critical[0].wavenumber, std::sqrt(0.3416));
}

TEST(Analysis, HasAsManyPointsAsAreAsked) {
  const PatternAnalysis analysis =
      analyse_pattern({.model = "gierer-meinhardt", .largest_wavenumber = 3.0, .points = 7});
  ASSERT_EQ(analysis.states[0].dispersion.size(), 7U);
  EXPECT_EQ(analysis.states[0].dispersion[0].wavenumber, 0);
  EXPECT_EQ(analysis.states[0].dispersion[1].wavenumber, 0.5);
  EXPECT_EQ(analysis.states[0].dispersion[6].wavenumber, 3);
}

TEST(Analysis, RefusesWhatCannotBe) {
  const auto refused = [](const PatternAnalysisRequest& request, const std::string& word) {
    try {
      analyse_pattern(request);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_usage);
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
      return;
    }
    ADD_FAILURE() << "not refused: " << word;
  };
  refused({.model = "schnakenburg"}, "did you mean schnakenberg");
  refused({.model = "schnakenberg", .parameters = {{"c", 1}}}, "no parameter 'c'");
  refused({.model = "schnakenberg", .state = 1.0}, "cannot be chosen");
  refused({.model = "schnakenberg", .largest_wavenumber = 0.0}, "no largest wavenumber");
  refused({.model = "schnakenberg", .largest_wavenumber = std::nan("")}, "no largest wavenumber");
  refused({.model = "schnakenberg", .points = 1}, "of 1 points");
  refused({.model = "schnakenberg", .spacing = -1.0}, "no spacing");
  refused({.model = "schnakenberg", .largest_wavenumber = 4.0, .spacing = 1.0}, "its largest is pi/spacing = 3.14159");
  refused({.model = "schnakenberg", .vary = PatternRange{"d", 1, 2}}, "no parameter 'd'");
  refused({.model = "schnakenberg", .vary = PatternRange{"Dv", -1, 2}}, "Dv = -1");
  refused({.model = "schnakenberg", .vary = PatternRange{"Dv", 2, 2}}, "cannot go from 2 to 2");
  refused({.model = "schnakenberg", .vary = PatternRange{"a", 0, std::numeric_limits<double>::infinity()}}, "a = inf");
}

TEST(Analysis, WorksForEveryModelAndParameter) {
  for (const PatternModel& model : pattern_models()) {
    for (const PatternParameter& parameter : model.parameters) {
      const double value = parameter.value == 0 ? 1 : std::abs(parameter.value);
      PatternAnalysisRequest request{.model = model.name, .points = 3};
      request.vary = PatternRange{parameter.name, parameter.not_negative ? 0 : -value, 2 * value};
      EXPECT_FALSE(analyse_pattern(request).states.empty()) << model.name;
    }
  }
}

TEST(DispersionPlot, DrawsEveryState) {
  const std::string plot = dispersion_plot(analyse("fitzhugh-nagumo", {}));
  EXPECT_EQ(plot.rfind("<svg", 0), 0U);
  EXPECT_NE(plot.find("u = 0, v = 0"), std::string::npos);
  EXPECT_NE(plot.find("u = 0.5345, v = 0.3818"), std::string::npos);
  EXPECT_EQ(plot.find("nan"), std::string::npos);
  EXPECT_EQ(plot.find("inf"), std::string::npos);
}

TEST(DispersionPlot, IsDrawnForEveryModel) {
  for (const PatternModel& model : pattern_models()) {
    const std::string plot = dispersion_plot(analyse(model.name, {}));
    EXPECT_NE(plot.find("<polyline"), std::string::npos) << model.name;
    EXPECT_EQ(plot.find("nan"), std::string::npos) << model.name;
  }
}

TEST(DispersionPlot, IsWrittenWholeOrNotAtAll) {
  const PatternAnalysis analysis = analyse("schnakenberg", {});
  const std::string path = testing::TempDir() + "dispersion.svg";
  save_dispersion_plot(analysis, path);
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), dispersion_plot(analysis));
  std::filesystem::remove(path);
  EXPECT_THROW(save_dispersion_plot(analysis, "/nowhere/plot.svg"), Error);
}

}  // namespace
}  // namespace basalt
