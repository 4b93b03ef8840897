#include "workloads/patterns/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "basalt/error.h"
#include "base/nearest.h"

namespace basalt {
namespace {

PatternParameter parameter(const char* name, double value, const char* description) {
  return {.name = name, .value = value, .description = description, .not_negative = false};
}

PatternParameter diffusion(const char* name, double value, const char* description) {
  return {.name = name, .value = value, .description = description, .not_negative = true};
}

}  // namespace

const std::vector<PatternModel>& pattern_models() {
  static const std::vector<PatternModel> models = {
      {.name = "gray-scott",
       .title = "Gray-Scott",
       .species = {"u", "v"},
       .equations = {"u_t = Du ∇²u − u v² + F (1 − u)", "v_t = Dv ∇²v + u v² − (F + k) v"},
       .parameters = {parameter("F", 0.04, "feed rate, 1/time"), parameter("k", 0.06, "removal rate of v, 1/time"),
                      diffusion("Du", 2e-5, "diffusion of u, length²/time"),
                      diffusion("Dv", 1e-5, "diffusion of v, length²/time")},
       .spacing = 2.5 / 256,
       .step = 1,
       .source =
           "P. Gray and S. K. Scott, Chem. Eng. Sci. 39 (1984) 1087; grid and values of J. E. Pearson, Science 261 "
           "(1993) 189",
       .fourth_order = false},
      {.name = "fitzhugh-nagumo",
       .title = "FitzHugh-Nagumo",
       .species = {"u", "v"},
       .equations = {"u_t = Du ∇²u + u − u³ − v", "v_t = Dv ∇²v + epsilon (u − a1 v − a0)"},
       .parameters = {parameter("epsilon", 0.3, "rate of recovery, 1/time"), parameter("a1", 1.4, "slope of recovery"),
                      parameter("a0", 0, "offset of recovery"), diffusion("Du", 1, "diffusion of u, length²/time"),
                      diffusion("Dv", 20, "diffusion of v, length²/time")},
       .spacing = 1,
       .step = 0,
       .source = "R. FitzHugh, Biophys. J. 1 (1961) 445; J. Nagumo et al., Proc. IRE 50 (1962) 2061; in the form of A. "
                 "Hagberg and E. Meron, Nonlinearity 7 (1994) 805",
       .fourth_order = false},
      {.name = "schnakenberg",
       .title = "Schnakenberg",
       .species = {"u", "v"},
       .equations = {"u_t = Du ∇²u + gamma (a − u + u² v)", "v_t = Dv ∇²v + gamma (b − u² v)"},
       .parameters = {parameter("a", 0.1, "supply of u"), parameter("b", 0.9, "supply of v"),
                      parameter("gamma", 1, "rate of reaction, 1/time"),
                      diffusion("Du", 1, "diffusion of u, length²/time"),
                      diffusion("Dv", 10, "diffusion of v, length²/time")},
       .spacing = 1,
       .step = 0,
       .source = "J. Schnakenberg, J. Theor. Biol. 81 (1979) 389; in the form of J. D. Murray, Mathematical Biology II",
       .fourth_order = false},
      {.name = "brusselator",
       .title = "Brusselator",
       .species = {"u", "v"},
       .equations = {"u_t = Du ∇²u + a − (b + 1) u + u² v", "v_t = Dv ∇²v + b u − u² v"},
       .parameters = {parameter("a", 4.5, "supply of u"), parameter("b", 7.5, "rate of u to v"),
                      diffusion("Du", 2, "diffusion of u, length²/time"),
                      diffusion("Dv", 16, "diffusion of v, length²/time")},
       .spacing = 1,
       .step = 0,
       .source = "I. Prigogine and R. Lefever, J. Chem. Phys. 48 (1968) 1695",
       .fourth_order = false},
      {.name = "gierer-meinhardt",
       .title = "Gierer-Meinhardt",
       .species = {"u", "v"},
       .equations = {"u_t = Du ∇²u + rho u²/v − mu u + sigma", "v_t = Dv ∇²v + rho u² − nu v"},
       .parameters = {parameter("rho", 1, "rate of production"), parameter("mu", 1, "decay of the activator, 1/time"),
                      parameter("nu", 1.5, "decay of the inhibitor, 1/time"),
                      parameter("sigma", 0.1, "supply of the activator"),
                      diffusion("Du", 1, "diffusion of the activator u, length²/time"),
                      diffusion("Dv", 30, "diffusion of the inhibitor v, length²/time")},
       .spacing = 1,
       .step = 0,
       .source = "A. Gierer and H. Meinhardt, Kybernetik 12 (1972) 30",
       .fourth_order = false},
      {.name = "swift-hohenberg",
       .title = "Swift-Hohenberg",
       .species = {"u"},
       .equations = {"u_t = r u − (1 + ∇²)² u + g u² − u³"},
       .parameters = {parameter("r", 0.3, "distance from threshold"), parameter("g", 0, "quadratic term")},
       .spacing = 0.7853981633974483,  // π/4: eight cells a wavelength
       .step = 0,
       .source = "J. Swift and P. C. Hohenberg, Phys. Rev. A 15 (1977) 319",
       .fourth_order = true},
      {.name = "cahn-hilliard",
       .title = "Cahn-Hilliard",
       .species = {"u"},
       .equations = {"u_t = M ∇²(u³ − u − kappa ∇²u)"},
       .parameters = {diffusion("M", 1, "mobility, length²/time"), diffusion("kappa", 1, "gradient energy, length²")},
       .spacing = 1,
       .step = 0,
       .source = "J. W. Cahn and J. E. Hilliard, J. Chem. Phys. 28 (1958) 258",
       .fourth_order = true},
      {.name = "ginzburg-landau",
       .title = "complex Ginzburg-Landau",
       .species = {"re", "im"},
       .equations = {"A_t = A + (1 + i b) ∇²A − (1 + i c) |A|² A,  A = re + i im"},
       .parameters = {parameter("b", 1, "linear dispersion"), parameter("c", -1.2, "nonlinear dispersion")},
       .spacing = 1,
       .step = 0,
       .source = "I. S. Aranson and L. Kramer, Rev. Mod. Phys. 74 (2002) 99",
       .fourth_order = false},
      {.name = "nonlinear-schrodinger",
       .title = "nonlinear Schrödinger",
       .species = {"re", "im"},
       .equations = {"i ψ_t = −½ ∇²ψ + g |ψ|² ψ,  ψ = re + i im"},
       .parameters = {parameter("g", -1, "interaction; below 0 it attracts")},
       .spacing = 0.5,
       .step = 0.1,  // peaks of a few times the mean turn phases faster than waves do
       .source = "C. Sulem and P.-L. Sulem, The Nonlinear Schrödinger Equation, Springer (1999)",
       .fourth_order = false},
  };
  return models;
}

namespace patterns {
namespace {

std::size_t find_model(const std::string& name) {
  const std::vector<PatternModel>& models = pattern_models();
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].name == name) {
      return i;
    }
    names.push_back(models[i].name);
  }
  const std::string near = nearest_name(name, names);
  throw Error(ErrorCode::bad_usage, fmt::format("there is no model '{}'", name),
              near.empty() ? "basalt pattern models lists them"
                           : fmt::format("did you mean {}? basalt pattern models lists them", near));
}

std::string names_of(const std::vector<PatternParameter>& parameters) {
  std::string text;
  for (const PatternParameter& each : parameters) {
    text += (text.empty() ? "" : ", ") + each.name;
  }
  return text;
}

void set_parameter(const PatternModel& model, std::vector<double>& values, const std::string& name, double value) {
  const std::size_t number = parameter_number(model, name);
  const PatternParameter& parameter = model.parameters[number];
  if (!std::isfinite(value) || (parameter.not_negative && value < 0)) {
    throw Error(
        ErrorCode::bad_usage, fmt::format("{} = {} of {} is no possible value", name, value, model.name),
        fmt::format("{}: give a finite number{}", parameter.description, parameter.not_negative ? ", 0 or more" : ""));
  }
  values[number] = value;
}

/// v = ρ u²/ν where v rests, which makes ρ u²/v = ν where u does.
std::vector<double> gierer_meinhardt_state(const std::vector<double>& p) {
  const double u = (p[2] + p[3]) / p[1];
  return {u, p[0] * u * u / p[2]};
}

/// The real root of u − u³ = (u − a0)/a1 that Newton's method finds from 0: where the cubic crosses the line.
std::vector<double> fitzhugh_nagumo_state(const std::vector<double>& p) {
  double u = 0;
  for (int i = 0; i < 100; ++i) {
    const double value = u - u * u * u - (u - p[2]) / p[1];
    const double slope = 1 - 3 * u * u - 1 / p[1];
    const double next = slope == 0 ? u : u - value / slope;
    if (!std::isfinite(next) || next == u) {
      break;
    }
    u = next;
  }
  return {u, u - u * u * u};
}

}  // namespace

Model make_model(const std::string& name, const std::map<std::string, double>& parameters) {
  Model model{.number = find_model(name), .parameters = {}};
  const PatternModel& description = model.description();
  for (const PatternParameter& each : description.parameters) {
    model.parameters.push_back(each.value);
  }
  for (const auto& [parameter_name, value] : parameters) {
    set_parameter(description, model.parameters, parameter_name, value);
  }
  return model;
}

std::size_t parameter_number(const PatternModel& model, const std::string& name) {
  const auto found = std::find_if(model.parameters.begin(), model.parameters.end(),
                                  [&](const PatternParameter& each) { return each.name == name; });
  if (found == model.parameters.end()) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} has no parameter '{}'", model.name, name),
                fmt::format("its parameters are {}", names_of(model.parameters)));
  }
  return static_cast<std::size_t>(found - model.parameters.begin());
}

void rates_at(const Model& model, const double* u, const double* laplacian, double* rate) {
  with_equations(model.number, [&](auto equations) { equations.rates(u, laplacian, model.parameters.data(), rate); });
}

UsualStates usual_states(const Model& model) {
  const std::vector<double>& p = model.parameters;
  const std::string& name = model.description().name;
  if (name == "gray-scott") {
    return {.homogeneous = {1, 0}, .disturbed = {0.5, 0.25}, .square = true};
  }
  if (name == "fitzhugh-nagumo") {
    return {.homogeneous = fitzhugh_nagumo_state(p), .disturbed = {1, 0}, .square = false};
  }
  if (name == "schnakenberg") {
    const double u = p[0] + p[1];
    return {.homogeneous = {u, p[1] / (u * u)}, .disturbed = {2 * u, p[1] / (u * u)}, .square = false};
  }
  if (name == "brusselator") {
    return {.homogeneous = {p[0], p[1] / p[0]}, .disturbed = {2 * p[0], p[1] / p[0]}, .square = false};
  }
  if (name == "gierer-meinhardt") {
    const std::vector<double> state = gierer_meinhardt_state(p);
    return {.homogeneous = state, .disturbed = {2 * state[0], state[1]}, .square = false};
  }
  if (name == "nonlinear-schrodinger") {
    return {.homogeneous = {1, 0}, .disturbed = {1.5, 0}, .square = false};
  }
  return {.homogeneous = std::vector<double>(model.species(), 0.0),
          .disturbed = std::vector<double>(model.species(), 1.0),
          .square = false};
}

}  // namespace patterns
}  // namespace basalt
