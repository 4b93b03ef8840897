#include "pattern_analysis_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "print.h"

namespace basalt::cli {
namespace {

constexpr std::size_t kMostRows = 21;

std::string list_values(const std::vector<std::string>& names, const std::vector<double>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += fmt::format("{}{} {:.6g}", i == 0 ? "" : "  ", names[i], values[i]);
  }
  return text;
}

std::string list_names(const std::vector<Bifurcation>& bifurcations) {
  std::string text;
  for (const Bifurcation each : bifurcations) {
    text += fmt::format("{}{}", text.empty() ? "" : " and ", name_of(each));
  }
  return text.empty() ? "no wave grows" : text + (bifurcations.size() == 1 ? " instability" : " instabilities");
}

/// "−0.1 ± 0.995 i, ..."
std::string list_rates(const std::vector<std::complex<double>>& rates) {
  if (rates.size() == 2 && rates[0].imag() != 0) {
    return fmt::format("{:.6g} ± {:.6g} i", rates[0].real(), rates[0].imag());
  }
  std::string text;
  for (const std::complex<double> rate : rates) {
    text += fmt::format("{}{:.6g}", text.empty() ? "" : ", ", rate.real());
  }
  return text;
}

void print_waves(const SteadyState& state) {
  for (const WaveBand& band : state.bands) {
    print(std::isinf(band.to) ? fmt::format("  waves of all k above {:.6g} grow", band.from)
                              : fmt::format("  waves of k from {:.6g} to {:.6g} grow", band.from, band.to));
  }
  if (state.fastest.growth > 0) {
    const FastestMode& mode = state.fastest;
    const std::string wave = mode.wavenumber > 0
                                 ? fmt::format("k {:.6g}, wavelength {:.6g}", mode.wavenumber, mode.wavelength)
                                 : std::string("k 0, the state as a whole");
    print(fmt::format("  the fastest: {}, growth {:.6g}{}", wave, mode.growth,
                      mode.frequency > 0 ? fmt::format(", frequency {:.6g}", mode.frequency) : ""));
  }
  if (state.conditions) {
    const TuringConditions& turing = *state.conditions;
    print(
        fmt::format("  Turing's conditions: trace {:.4g} (< 0), determinant {:.4g} (> 0), mixed {:.4g} (> 0), "
                    "discriminant {:.4g} (> 0)",
                    turing.trace, turing.determinant, turing.mixed, turing.discriminant));
  }
}

void print_dispersion(const std::vector<DispersionPoint>& relation) {
  print(fmt::format("  {:>12}{:>14}{:>14}{:>14}", "wavenumber", "wavelength", "growth", "frequency"));
  const std::size_t rows = std::min(kMostRows, relation.size());
  for (std::size_t row = 0; row < rows; ++row) {
    const DispersionPoint& point = relation[row * (relation.size() - 1) / (rows - 1)];
    const std::string wavelength =
        point.wavenumber > 0 ? fmt::format("{:.6g}", 2 * std::numbers::pi / point.wavenumber) : "-";
    print(fmt::format("  {:>12.6g}{:>14}{:>14.6g}{:>14.6g}", point.wavenumber, wavelength, point.rates.front().real(),
                      std::abs(point.rates.front().imag())));
  }
  if (rows < relation.size()) {
    print(fmt::format("  … {} of {} wavenumbers (--json prints all)", rows, relation.size()));
  }
}

void print_state(const PatternAnalysis& analysis, std::size_t index) {
  const SteadyState& state = analysis.states[index];
  print(heading(fmt::format("state {}", index + 1)) + "  " + list_values(analysis.species, state.values) +
        (state.any ? "  (one of many)" : ""));
  if (state.rotation != 0) {
    print(fmt::format("  rotates: exp(−i ω t) with ω = {:.6g}", state.rotation));
  }
  print(fmt::format("  {} without waves, rates {}; residual {:.2g}", state.kind,
                    list_rates(state.dispersion.front().rates), state.residual));
  print("  " + list_names(state.instabilities));
  print_waves(state);
  print_dispersion(state.dispersion);
  print("");
}

void print_critical(const PatternAnalysis& analysis) {
  const PatternRange& range = *analysis.vary;
  print(heading(fmt::format("critical values of {} from {:g} to {:g}", range.parameter, range.from, range.to)));
  if (analysis.critical.empty()) {
    print("  none");
    return;
  }
  print(fmt::format("  {:>14}  {:<10}{:>14}{:>14}{:>14}  {}", range.parameter, "what", "wavenumber", "wavelength",
                    "frequency", "state"));
  for (const CriticalPoint& point : analysis.critical) {
    const auto known = [](double value, bool is) { return is ? fmt::format("{:.8g}", value) : std::string("-"); };
    const bool wave = point.wavenumber > 0;
    print(fmt::format("  {:>14.8g}  {:<10}{:>14}{:>14}{:>14}  {}", point.value, name_of(point.bifurcation),
                      known(point.wavenumber, wave), known(point.wavelength, wave),
                      known(point.frequency, point.frequency > 0), list_values(analysis.species, point.state)));
  }
}

void print_turing_hopf(const PatternAnalysis& analysis) {
  const auto& [first, second] = *analysis.codimension_two;
  print(heading(fmt::format("Turing-Hopf points of {} from {:g} to {:g}, {} from {:g} to {:g}", first.parameter,
                            first.from, first.to, second.parameter, second.from, second.to)));
  if (analysis.turing_hopf.empty()) {
    print("  none");
    return;
  }
  print(fmt::format("  {:>14}{:>14}{:>14}{:>14}{:>14}  {}", first.parameter, second.parameter, "wavenumber",
                    "wavelength", "frequency", "state"));
  for (const TuringHopfPoint& point : analysis.turing_hopf) {
    print(fmt::format("  {:>14.8g}{:>14.8g}{:>14.8g}{:>14.8g}{:>14.8g}  {}", point.values[0], point.values[1],
                      point.wavenumber, point.wavelength, point.frequency, list_values(analysis.species, point.state)));
  }
}

/// "64x64"
std::string list_size(const std::vector<std::uint64_t>& size) {
  std::string text;
  for (const std::uint64_t cells : size) {
    text += (text.empty() ? "" : "x") + std::to_string(cells);
  }
  return text;
}

void print_leading(const PatternAnalysis& analysis) {
  const LeadingReport& report = *analysis.leading;
  print(heading(fmt::format("leading eigenvalues on {} cells {:g} apart", list_size(report.size), report.spacing)));
  for (const LeadingEigenvalues& state : report.states) {
    const std::string name = report.file.empty() ? list_values(analysis.species, state.values) : report.file;
    const std::string turn = state.rotation != 0 ? fmt::format("; rotates: ω = {:.6g}", state.rotation) : "";
    print(fmt::format("  {}{}; residual {:.2g}; {} products", name, turn, state.residual, state.products));
    print(fmt::format("  {:>16}{:>16}{:>12}", "growth", "frequency", "residual"));
    for (const Eigenvalue& each : state.eigenvalues) {
      const double frequency = std::abs(each.value.imag()) > each.residual ? each.value.imag() : 0;
      print(fmt::format("  {:>16.8g}{:>16.8g}{:>12.1e}", each.value.real(), frequency, each.residual));
    }
    print("");
  }
}

}  // namespace

void print_analysis(const PatternAnalysis& analysis) {
  std::string parameters;
  for (const auto& [name, value] : analysis.parameters) {
    parameters += fmt::format("  {} {:g}", name, value);
  }
  print(heading(analysis.model) + parameters);
  print("");
  if (analysis.states.empty()) {
    print("no steady state was found");
  }
  for (std::size_t i = 0; i < analysis.states.size(); ++i) {
    print_state(analysis, i);
  }
  if (analysis.vary) {
    print_critical(analysis);
  }
  if (analysis.codimension_two) {
    print_turing_hopf(analysis);
  }
  if (analysis.leading) {
    print_leading(analysis);
  }
}

}  // namespace basalt::cli
