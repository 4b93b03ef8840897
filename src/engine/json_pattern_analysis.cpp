#include <complex>

#include "basalt/json.h"
#include "engine/json_text.h"

namespace basalt {
namespace {

Json names_json(const std::vector<Bifurcation>& bifurcations) {
  Json names = Json::array();
  for (const Bifurcation each : bifurcations) {
    names.push_back(name_of(each));
  }
  return names;
}

Json values_json(const std::vector<std::string>& species, const std::vector<double>& values) {
  Json document = Json::object();
  for (std::size_t i = 0; i < values.size(); ++i) {
    document[species[i]] = values[i];
  }
  return document;
}

Json dispersion_json(const std::vector<DispersionPoint>& relation) {
  Json rows = Json::array();
  for (const DispersionPoint& point : relation) {
    Json rates = Json::array();
    for (const std::complex<double> rate : point.rates) {
      rates.push_back({rate.real(), rate.imag()});
    }
    rows.push_back({{"wavenumber", point.wavenumber}, {"rates", std::move(rates)}});
  }
  return rows;
}

Json state_json(const PatternAnalysis& analysis, const SteadyState& state) {
  Json document = {{"values", values_json(analysis.species, state.values)},
                   {"rotation", state.rotation},
                   {"residual", state.residual},
                   {"any", state.any},
                   {"kind", state.kind},
                   {"instabilities", names_json(state.instabilities)}};
  document["bands"] = Json::array();
  for (const WaveBand& band : state.bands) {
    document["bands"].push_back({band.from, band.to});
  }
  document["fastest"] = {{"wavenumber", state.fastest.wavenumber},
                         {"wavelength", state.fastest.wavelength},
                         {"growth", state.fastest.growth},
                         {"frequency", state.fastest.frequency}};
  if (state.conditions) {
    document["conditions"] = {{"trace", state.conditions->trace},
                              {"determinant", state.conditions->determinant},
                              {"mixed", state.conditions->mixed},
                              {"discriminant", state.conditions->discriminant}};
  }
  document["dispersion"] = dispersion_json(state.dispersion);
  return document;
}

Json range_json(const PatternRange& range) {
  return {{"parameter", range.parameter}, {"from", range.from}, {"to", range.to}};
}

void add_turing_hopf(Json& document, const PatternAnalysis& analysis) {
  const auto& [first, second] = *analysis.codimension_two;
  document["codimension_two"] = {range_json(first), range_json(second)};
  document["turing_hopf"] = Json::array();
  for (const TuringHopfPoint& point : analysis.turing_hopf) {
    document["turing_hopf"].push_back(
        {{"parameters", {{first.parameter, point.values[0]}, {second.parameter, point.values[1]}}},
         {"state", values_json(analysis.species, point.state)},
         {"wavenumber", point.wavenumber},
         {"wavelength", point.wavelength},
         {"frequency", point.frequency}});
  }
}

Json leading_json(const PatternAnalysis& analysis, const LeadingReport& report) {
  Json states = Json::array();
  for (const LeadingEigenvalues& state : report.states) {
    Json eigenvalues = Json::array();
    for (const Eigenvalue& each : state.eigenvalues) {
      eigenvalues.push_back({{"value", {each.value.real(), each.value.imag()}}, {"residual", each.residual}});
    }
    states.push_back({{"values", report.file.empty() ? values_json(analysis.species, state.values) : Json()},
                      {"rotation", state.rotation},
                      {"residual", state.residual},
                      {"products", state.products},
                      {"eigenvalues", std::move(eigenvalues)}});
  }
  return {{"size", report.size},
          {"spacing", report.spacing},
          {"stencil", name_of(report.stencil)},
          {"file", report.file.empty() ? Json() : Json(report.file)},
          {"seed", report.seed},
          {"states", std::move(states)}};
}

}  // namespace

std::string json_of(const PatternAnalysis& analysis, JsonStyle style) {
  Json document = {{"model", analysis.model}, {"parameters", Json::object()}};
  for (const auto& [name, value] : analysis.parameters) {
    document["parameters"][name] = value;
  }
  document["spacing"] = analysis.spacing ? Json(*analysis.spacing) : Json();
  document["states"] = Json::array();
  for (const SteadyState& state : analysis.states) {
    document["states"].push_back(state_json(analysis, state));
  }
  if (analysis.vary) {
    document["vary"] = range_json(*analysis.vary);
    document["critical"] = Json::array();
    for (const CriticalPoint& point : analysis.critical) {
      document["critical"].push_back({{"bifurcation", name_of(point.bifurcation)},
                                      {"value", point.value},
                                      {"state", values_json(analysis.species, point.state)},
                                      {"wavenumber", point.wavenumber},
                                      {"wavelength", point.wavelength},
                                      {"frequency", point.frequency}});
    }
  }
  if (analysis.codimension_two) {
    add_turing_hopf(document, analysis);
  }
  if (analysis.leading) {
    document["leading"] = leading_json(analysis, *analysis.leading);
  }
  return text_of(document, style);
}

}  // namespace basalt
