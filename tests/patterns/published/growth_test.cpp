// Runs against linear theory: small waves grow as the dispersion relation says.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "basalt/pattern_analysis.h"
#include "patterns/published/runs.h"

namespace basalt {
namespace {

using std::numbers::pi;

struct Case {
  std::string model;
  std::map<std::string, double> parameters;
  double spacing;
  std::optional<double> state;  ///< Where the model rests anywhere.
};

std::ostream& operator<<(std::ostream& out, const Case& each) {
  return out << each.model;
}

class Growth : public testing::TestWithParam<Case> {};

constexpr std::uint64_t kCells = 96;

/// The number of whole waves on the grid that is nearest to the fastest growing.
std::uint64_t nearest_mode(double wavenumber, double spacing) {
  return static_cast<std::uint64_t>(std::lround(wavenumber * kCells * spacing / (2 * pi)));
}

/// The power of a mode in the structure factors: of all species, for a complex field turns one into the other.
double power_of(const PatternReport& report, std::uint64_t mode) {
  double power = 0;
  for (const SpeciesStatistics& species : report.statistics->species) {
    power += species.structure_factor[mode - 1].power;
  }
  return power;
}

TEST_P(Growth, IsThatOfTheDispersionRelation) {
  const Case& each = GetParam();
  const PatternAnalysis analysis = analyse_pattern(
      {.model = each.model, .parameters = each.parameters, .state = each.state, .spacing = each.spacing});
  const SteadyState* state = nullptr;
  for (const SteadyState& candidate : analysis.states) {
    if (candidate.fastest.growth > 0 && candidate.fastest.wavenumber > 0 && candidate.fastest.frequency == 0) {
      state = &candidate;
    }
  }
  ASSERT_NE(state, nullptr);
  const std::uint64_t mode = nearest_mode(state->fastest.wavenumber, each.spacing);
  const double wavenumber = 2 * pi * static_cast<double>(mode) / (kCells * each.spacing);
  const PatternAnalysis there = analyse_pattern({.model = each.model,
                                                 .parameters = each.parameters,
                                                 .state = each.state,
                                                 .largest_wavenumber = wavenumber,
                                                 .points = 2,
                                                 .spacing = each.spacing});
  const auto same = std::find_if(there.states.begin(), there.states.end(),
                                 [&](const SteadyState& other) { return other.values == state->values; });
  ASSERT_NE(same, there.states.end());
  const double expected = same->dispersion.back().rates.front().real();
  ASSERT_GT(expected, 0);

  const published::Folder folder;
  const std::string file = folder / (each.model + ".npy");
  const std::size_t species = analysis.species.size();
  published::write_state(file, species, {kCells}, [&](std::uint64_t which, std::uint64_t x, std::uint64_t) {
    return state->values[which] + 1e-7 * std::cos(2 * pi * static_cast<double>(mode * x) / static_cast<double>(kCells));
  });
  PatternRequest request;
  request.model = each.model;
  request.parameters = each.parameters;
  request.spacing = each.spacing;
  request.size = {kCells};
  request.precision = Precision::double_precision;
  request.statistics = true;
  request.initial.file = file;
  Engine engine;
  for (const Integrator integrator : {Integrator::rk4, Integrator::rk45, Integrator::etd}) {
    request.integrator = integrator;
    request.tolerance = integrator == Integrator::rk45 ? std::optional(1e-11) : std::nullopt;
    // from where the fastest mode rules to where it is still small, in steps that follow it
    request.steps = 0;
    const double usual = engine.run_pattern(request).step;
    request.step = std::min(usual / 2, 0.02 / expected);
    const auto after = [&](double time) {
      request.steps = static_cast<std::uint64_t>(std::lround(time / *request.step));
      return engine.run_pattern(request);
    };
    const PatternReport early = after(4 / expected);
    const PatternReport late = after(7 / expected);
    const double measured = std::log(power_of(late, mode) / power_of(early, mode)) / 2 / (late.time - early.time);
    EXPECT_NEAR(measured, expected, 0.01 * expected) << name_of(integrator);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Growth,
                         testing::Values(Case{"schnakenberg", {{"Dv", 20}}, 1, {}}, Case{"brusselator", {}, 1, {}},
                                         Case{"gierer-meinhardt", {}, 1, {}}, Case{"fitzhugh-nagumo", {}, 1, {}},
                                         Case{"swift-hohenberg", {{"r", 0.3}}, pi / 4, {}},
                                         Case{"cahn-hilliard", {}, 1, 0.1},
                                         Case{"nonlinear-schrodinger", {}, 0.5, 1.0}),
                         [](const auto& each) {
                           std::string name = each.param.model;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace basalt
