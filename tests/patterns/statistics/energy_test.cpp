// Energies of states that can be integrated by hand, and that equations are their gradients.
#include "workloads/patterns/statistics/energy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "patterns/statistics/invented.h"
#include "reference/pattern.h"

namespace basalt::patterns {
namespace {

using std::numbers::pi;
using test::Invented;

double energy(const Invented& state, const Model& model, const PatternRequest& request = {}) {
  return energy_of(state.view(), model, request).value();
}

TEST(Energy, OfAnInterfaceIsItsTension) {
  // tanh(x/√(2κ)) has the energy √(8κ)/3 a length, J. W. Cahn and J. E. Hilliard (1958)
  const Model model = make_model("cahn-hilliard", {{"kappa", 2}});
  const double width = std::sqrt(2.0 * 2);
  const Invented step({800}, 0.1, {"u"}, [&](std::size_t, double x, double) {
    return std::tanh((x * 0.1 - 20) / width) * std::tanh((60 - x * 0.1) / width);
  });
  EXPECT_NEAR(energy(step, model), 2 * std::sqrt(8 * 2.0) / 3, 2e-3);
}

TEST(Energy, OfAWaveIsThatOfItsSymbol) {
  const Model model = make_model("swift-hohenberg", {{"r", 0.3}});
  constexpr double kSpacing = pi / 4;
  constexpr double kAmplitude = 0.2;
  const Invented wave({32, 16}, kSpacing, {"u"},
                      [](std::size_t, double x, double) { return kAmplitude * std::cos(2 * pi * 4 * x / 32); });
  const double square = std::pow(2 / kSpacing * std::sin(pi * 4 / 32), 2);
  const double density =
      kAmplitude * kAmplitude / 4 * ((1 - square) * (1 - square) - 0.3) + std::pow(kAmplitude, 4) / 4 * 3 / 8;
  EXPECT_NEAR(energy(wave, model), density * 32 * 16 * kSpacing * kSpacing, 1e-12);
}

/// dE/dε of u + ε v, by differences.
double slope(const std::string& name, const PatternRequest& request, const std::vector<std::uint64_t>& size,
             const std::vector<std::vector<double>>& u, const std::vector<std::vector<double>>& v) {
  constexpr double kStep = 1e-5;
  const Model model = make_model(name, request.parameters);
  const auto at = [&](double epsilon) {
    const Invented state(size, 0.7, model.description().species, [&](std::size_t species, double x, double y) {
      const auto cell = static_cast<std::size_t>(y) * size[0] + static_cast<std::size_t>(x);
      return u[species][cell] + epsilon * v[species][cell];
    });
    return energy(state, model, request);
  };
  return (at(kStep) - at(-kStep)) / (2 * kStep);
}

/// Some state, and its rates by slow, obvious code.
struct Moving {
  std::vector<std::vector<double>> u;
  std::vector<std::vector<double>> rates;

  Moving(const std::string& name, const PatternRequest& request, const std::vector<std::uint64_t>& size) {
    const Model model = make_model(name, request.parameters);
    reference::PatternState state;
    state.axes = 2;
    state.size = {static_cast<long>(size[0]), static_cast<long>(size[1]), 1};
    state.spacing = 0.7;
    state.sides = request.sides;
    state.isotropic = request.stencil == Stencil::isotropic;
    for (std::size_t species = 0; species < model.species(); ++species) {
      state.species.emplace_back();
      for (std::uint64_t cell = 0; cell < size[0] * size[1]; ++cell) {
        state.species.back().push_back(std::sin(1.3 * static_cast<double>(cell) + static_cast<double>(species)));
      }
    }
    u = state.species;
    rates = reference::pattern_rates(name, model.parameters, state);
  }
};

std::vector<PatternRequest> kinds() {
  std::vector<PatternRequest> requests(3);
  requests[1].stencil = Stencil::isotropic;
  const Side closed{.kind = SideKind::neumann, .value = 0, .alpha = 0, .beta = 0};
  requests[2].sides = {{{closed, closed}, {}, {}}};
  return requests;
}

TEST(Energy, FallsDownItsGradient) {
  // u_t = −δE/δu: along the rates, E changes by −∫ u_t²
  const std::vector<std::uint64_t> size = {7, 6};
  for (PatternRequest request : kinds()) {
    for (const std::string& name : {std::string("swift-hohenberg"), std::string("ginzburg-landau")}) {
      if (name == "ginzburg-landau") {
        request.parameters = {{"b", 0}, {"c", 0}};
      }
      const Moving state(name, request, size);
      double squares = 0;
      for (const std::vector<double>& species : state.rates) {
        for (const double rate : species) {
          squares += rate * rate * 0.7 * 0.7;
        }
      }
      // of a complex field, ½ of the functional's derivative by each part is the rate
      const double share = name == "ginzburg-landau" ? 2 : 1;
      EXPECT_NEAR(slope(name, request, size, state.u, state.rates), -share * squares, 1e-6 * squares) << name;
    }
  }
}

TEST(Energy, OfWavesStays) {
  const std::vector<std::uint64_t> size = {7, 6};
  for (const PatternRequest& request : kinds()) {
    const Moving state("nonlinear-schrodinger", request, size);
    double rates = 0;
    for (const double rate : state.rates[0]) {
      rates += std::abs(rate);
    }
    EXPECT_NEAR(slope("nonlinear-schrodinger", request, size, state.u, state.rates), 0, 1e-6 * rates);
  }
}

TEST(Energy, IsNotThereForOthers) {
  const Invented state({8, 8}, 1, {"u", "v"}, [](std::size_t, double x, double) { return x; });
  EXPECT_FALSE(energy_of(state.view(), make_model("gray-scott", {}), {}).has_value());
  EXPECT_FALSE(energy_of(state.view(), make_model("ginzburg-landau", {{"b", 1}, {"c", 0}}), {}).has_value());
  PatternRequest open;
  const Side value{.kind = SideKind::dirichlet, .value = 0, .alpha = 0, .beta = 0};
  open.sides[0] = {value, value};
  EXPECT_FALSE(energy_of(state.view(), make_model("nonlinear-schrodinger", {}), open).has_value());
}

}  // namespace
}  // namespace basalt::patterns
