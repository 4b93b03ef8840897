// A request of analysis, from checks to report.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "basalt/error.h"
#include "basalt/pattern_analysis.h"
#include "workloads/patterns/analysis/critical.h"
#include "workloads/patterns/analysis/leading.h"
#include "workloads/patterns/analysis/steady.h"
#include "workloads/patterns/analysis/turing_hopf.h"
#include "workloads/patterns/analysis/waves.h"

namespace basalt {
namespace patterns {
namespace {

constexpr std::uint32_t kMostPoints = 1'000'000;

double length_of(double wavenumber) {
  return wavenumber > 0 ? 2 * std::numbers::pi / wavenumber : std::numeric_limits<double>::infinity();
}

void check(const PatternAnalysisRequest& request, const Symbol& symbol) {
  if (request.points < 2 || request.points > kMostPoints) {
    throw Error(ErrorCode::bad_usage, fmt::format("a dispersion relation of {} points", request.points),
                fmt::format("give 2 to {}", kMostPoints));
  }
  if (request.spacing && !(std::isfinite(*request.spacing) && *request.spacing > 0)) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} is no spacing of a grid", *request.spacing),
                "give a number above 0");
  }
  if (!request.largest_wavenumber) {
    return;
  }
  const double largest = *request.largest_wavenumber;
  if (!std::isfinite(largest) || largest <= 0 || !std::isfinite(largest * largest * largest * largest)) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} is no largest wavenumber", largest), "give a number above 0");
  }
  if (largest > symbol.largest_wavenumber()) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("a grid with cells {} apart has no wave of wavenumber {}", *request.spacing, largest),
                fmt::format("its largest is pi/spacing = {:.6g}", symbol.largest_wavenumber()));
  }
}

/// Both ends are values that the parameter may have.
void check(const PatternRange& range, const PatternAnalysisRequest& request) {
  for (const double end : {range.from, range.to}) {
    std::map<std::string, double> parameters = request.parameters;
    parameters[range.parameter] = end;
    make_model(request.model, parameters);
  }
  if (!(range.from < range.to) || !std::isfinite(range.to - range.from)) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} cannot go from {} to {}", range.parameter, range.from, range.to),
                "give the smaller value first");
  }
}

void check(const std::array<PatternRange, 2>& ranges, const PatternAnalysisRequest& request) {
  for (const PatternRange& range : ranges) {
    check(range, request);
  }
  if (ranges[0].parameter == ranges[1].parameter) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} cannot vary over two ranges at once", ranges[0].parameter),
                "give two parameters");
  }
}

/// Where the dispersion relation ends if nobody says: past all bands that grow, or where diffusion rules.
double usual_largest(const Model& model, const std::vector<Linearisation>& states, const Symbol& symbol) {
  double q = 0;
  for (const Linearisation& linear : states) {
    for (const WaveBand& band : growing_bands(linear)) {
      q = std::max(q, std::isfinite(band.to) ? 2 * band.to : 0);
    }
  }
  for (const Linearisation& linear : states) {
    q = q > 0 ? q : 4 * natural_scale(linear);
  }
  const double in_space = q > 0 ? std::sqrt(q) : std::numbers::pi / model.description().spacing;
  return std::min(in_space, symbol.largest_wavenumber());
}

FastestMode fastest_mode(const Linearisation& linear, double largest, const Symbol& symbol) {
  double last = symbol.q_of(largest);
  const std::vector<WaveBand> bands = growing_bands(linear);
  if (!bands.empty() && std::isfinite(bands.back().to)) {
    last = std::min(std::max(last, bands.back().to), symbol.q_of(symbol.largest_wavenumber()));
  }
  const double q = fastest_q(linear, last);
  const std::complex<double> rate = eigenvalues(matrix_at(linear, q), linear.species).front();
  const double wavenumber = symbol.wavenumber_of(q);
  return {.wavenumber = wavenumber,
          .wavelength = length_of(wavenumber),
          .growth = rate.real(),
          .frequency = std::abs(rate.imag())};
}

std::vector<DispersionPoint> dispersion(const Linearisation& linear, double largest, std::uint32_t points,
                                        const Symbol& symbol) {
  std::vector<DispersionPoint> relation;
  relation.reserve(points);
  for (std::uint32_t i = 0; i < points; ++i) {
    const double wavenumber = largest * i / (points - 1);
    relation.push_back({wavenumber, eigenvalues(matrix_at(linear, symbol.q_of(wavenumber)), linear.species)});
  }
  return relation;
}

SteadyState describe(const RestingState& state, const Linearisation& linear, double largest, std::uint32_t points,
                     const Symbol& symbol) {
  SteadyState described{.values = state.values,
                        .rotation = state.rotation,
                        .residual = state.residual,
                        .any = state.any,
                        .kind = kind_of(linear),
                        .instabilities = instabilities(linear),
                        .bands = growing_bands(linear),
                        .fastest = fastest_mode(linear, largest, symbol),
                        .conditions = std::nullopt,
                        .dispersion = dispersion(linear, largest, points, symbol)};
  const double last = symbol.q_of(symbol.largest_wavenumber());
  std::erase_if(described.bands, [&](const WaveBand& band) { return band.from >= last; });
  for (WaveBand& band : described.bands) {
    band = {symbol.wavenumber_of(band.from), symbol.wavenumber_of(band.to)};
  }
  return described;
}

}  // namespace
}  // namespace patterns

PatternAnalysis analyse_pattern(const PatternAnalysisRequest& request, const CancelToken* cancel) {
  using namespace patterns;  // NOLINT(google-build-using-namespace)
  const Model model = make_model(request.model, request.parameters);
  const Symbol symbol(request.spacing.value_or(0));
  check(request, symbol);
  if (request.vary) {
    check(*request.vary, request);
  }
  if (request.codimension_two) {
    check(*request.codimension_two, request);
  }
  const CancelToken never;
  const CancelToken& stop = cancel == nullptr ? never : *cancel;
  PatternAnalysis analysis{.model = request.model,
                           .parameters = {},
                           .species = model.description().species,
                           .spacing = request.spacing,
                           .states = {},
                           .vary = request.vary,
                           .critical = {},
                           .codimension_two = request.codimension_two,
                           .turing_hopf = {},
                           .leading = std::nullopt};
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    analysis.parameters.emplace_back(model.description().parameters[i].name, model.parameters[i]);
  }
  const std::vector<RestingState> states = resting_states(model, request.state);
  std::vector<Linearisation> linear;
  linear.reserve(states.size());
  for (const RestingState& state : states) {
    linear.push_back(linearise(model, state));
  }
  const double largest = request.largest_wavenumber.value_or(usual_largest(model, linear, symbol));
  for (std::size_t i = 0; i < states.size(); ++i) {
    SteadyState state = describe(states[i], linear[i], largest, request.points, symbol);
    if (!is_complex(model)) {
      state.conditions = turing_conditions(linear[i]);
    }
    analysis.states.push_back(std::move(state));
  }
  if (request.vary) {
    analysis.critical = critical_points(model, *request.vary, request.state, symbol);
  }
  if (request.codimension_two) {
    analysis.turing_hopf = turing_hopf_points(model, *request.codimension_two, request.state, symbol, stop);
  }
  if (request.leading) {
    const double spacing = request.spacing.value_or(model.description().spacing);
    analysis.leading = leading_eigenvalues(model, *request.leading, spacing, states, stop);
  }
  return analysis;
}

std::string_view name_of(Bifurcation bifurcation) noexcept {
  switch (bifurcation) {
    case Bifurcation::fold:
      return "fold";
    case Bifurcation::uniform:
      return "uniform";
    case Bifurcation::hopf:
      return "Hopf";
    case Bifurcation::turing:
      return "Turing";
    case Bifurcation::long_wave:
      return "long-wave";
  }
  return "";
}

}  // namespace basalt
