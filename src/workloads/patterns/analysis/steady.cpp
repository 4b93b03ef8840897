#include "workloads/patterns/analysis/steady.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "basalt/error.h"

namespace basalt::patterns {
namespace {

constexpr int kMostIterations = 200;
constexpr double kConverged = 1e-12;
/// Of two states, relative: where two meet, Newton's method ends within the root of what rounding leaves.
constexpr double kSame = 1e-6;
constexpr std::array kStarts = {-30.0, -10.0, -3.0, -1.0, -0.3, -0.1, -0.01, 0.0, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0};

/// Unknowns of Newton's method: of complex fields the amplitude alone, for a phase is as good as any other.
std::size_t unknowns(const Model& model) {
  return is_complex(model) ? 1 : model.species();
}

double size_of(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) {
    largest = std::max(largest, std::abs(value));
  }
  return largest;
}

bool finite(const Linearisation& linear) {
  double sum = 0;
  for (std::size_t row = 0; row < linear.species; ++row) {
    sum += std::abs(linear.rate[row]);
    for (std::size_t column = 0; column < linear.species; ++column) {
      sum += std::abs(linear.reaction[row][column]);
    }
  }
  return std::isfinite(sum);
}

double residual_of(const Linearisation& linear, std::size_t rows) {
  double largest = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    largest = std::max(largest, std::abs(linear.rate[row]));
  }
  return largest;
}

/// Whether the rates are 0 but for the rounding of their terms.
bool rests(const Linearisation& linear, const std::vector<double>& values, std::size_t rows) {
  constexpr double kUnits = 4 * std::numeric_limits<double>::epsilon();
  for (std::size_t row = 0; row < rows; ++row) {
    double terms = 0;
    for (std::size_t column = 0; column < rows; ++column) {
      terms += std::abs(linear.reaction[row][column] * values[column]);
    }
    if (std::abs(linear.rate[row]) > kUnits * terms) {
      return false;
    }
  }
  return true;
}

/// −J⁻¹ f; none where J cannot be inverted.
std::optional<std::array<double, 2>> newton_step(const Linearisation& linear, std::size_t rows) {
  const Matrix& j = linear.reaction;
  const double divisor = rows == 1 ? j[0][0] : j[0][0] * j[1][1] - j[0][1] * j[1][0];
  if (divisor == 0) {
    return std::nullopt;
  }
  if (rows == 1) {
    return std::array{-linear.rate[0] / divisor, 0.0};
  }
  return std::array{(j[0][1] * linear.rate[1] - j[1][1] * linear.rate[0]) / divisor,
                    (j[1][0] * linear.rate[0] - j[0][0] * linear.rate[1]) / divisor};
}

/// 0 for what is almost 0, if the model rests there, too. None where its equations have no value there: Newton's method
/// creeps towards a singular point as towards a state.
std::optional<std::vector<double>> without_crumbs(const Model& model, const std::vector<double>& values,
                                                  std::size_t rows) {
  const double crumb = 1e-9 * (1 + size_of(values));
  std::vector<double> clean = values;
  std::replace_if(
      clean.begin(), clean.end(), [&](double value) { return std::abs(value) < crumb; }, 0.0);
  const Linearisation linear = linearise(model, clean);
  if (!finite(linear)) {
    return std::nullopt;
  }
  return residual_of(linear, rows) <= residual_of(linearise(model, values), rows) ? clean : values;
}

RestingState resting_at(const Model& model, std::vector<double> values) {
  RestingState state{.values = std::move(values), .rotation = 0, .residual = 0, .any = rests_everywhere(model)};
  if (is_complex(model) && state.values[0] != 0) {
    state.values[0] = std::abs(state.values[0]);
    state.rotation = -linearise(model, state.values).rate[1] / state.values[0];
  }
  state.residual = residual_of(linearise(model, state), model.species());
  return state;
}

/// Keeps of states that are the same the one with the smallest residual.
void add_state(std::vector<RestingState>& states, const RestingState& state) {
  for (RestingState& other : states) {
    double difference = 0;
    for (std::size_t i = 0; i < state.values.size(); ++i) {
      difference = std::max(difference, std::abs(state.values[i] - other.values[i]));
    }
    if (difference <= kSame * (1 + size_of(state.values))) {
      if (state.residual < other.residual) {
        other = state;
      }
      return;
    }
  }
  states.push_back(state);
}

std::vector<std::vector<double>> starts(const Model& model) {
  std::vector<std::vector<double>> all = {usual_states(model).homogeneous};
  for (const double first : kStarts) {
    if (unknowns(model) == 1) {
      all.emplace_back(model.species(), 0.0).front() = first;
      continue;
    }
    for (const double second : kStarts) {
      all.push_back({first, second});
    }
  }
  return all;
}

}  // namespace

bool is_complex(const Model& model) {
  return model.description().species.front() == "re";
}

bool rests_everywhere(const Model& model) {
  // Where the equations give a rate of 0 at values that nothing singles out, they give it everywhere.
  for (const double value : {0.37, 1.91}) {
    std::vector<double> state(model.species(), is_complex(model) ? 0.0 : value);
    state.front() = value;
    if (residual_of(linearise(model, state), unknowns(model)) != 0) {
      return false;
    }
  }
  return true;
}

std::vector<RestingState> resting_states(const Model& model, const std::optional<double>& chosen) {
  if (rests_everywhere(model)) {
    std::vector<double> values = usual_states(model).homogeneous;
    values.front() = chosen.value_or(values.front());
    if (!std::isfinite(values.front())) {
      throw Error(ErrorCode::bad_usage, fmt::format("{} is no state of {}", values.front(), model.description().name),
                  "give a finite number");
    }
    return {resting_at(model, std::move(values))};
  }
  if (chosen) {
    throw Error(ErrorCode::bad_usage, fmt::format("a state of {} cannot be chosen", model.description().name),
                "its steady states follow from its parameters: all of them are analysed");
  }
  std::vector<RestingState> states;
  for (const std::vector<double>& start : starts(model)) {
    if (const auto state = newton(model, start)) {
      add_state(states, *state);
    }
  }
  std::sort(states.begin(), states.end(),
            [](const RestingState& a, const RestingState& b) { return a.values < b.values; });
  return states;
}

std::optional<RestingState> newton(const Model& model, const std::vector<double>& start) {
  const std::size_t rows = unknowns(model);
  std::vector<double> values = start;
  bool converged = false;
  for (int iteration = 0; iteration < kMostIterations && !converged; ++iteration) {
    const Linearisation linear = linearise(model, values);
    if (!finite(linear)) {
      return std::nullopt;
    }
    converged = rests(linear, values, rows);
    const auto step = newton_step(linear, rows);
    if (!step) {
      break;
    }
    double largest = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      values[i] += (*step)[i];
      largest = std::max(largest, std::abs((*step)[i]));
    }
    converged = converged || largest <= kConverged * (1 + size_of(values));
  }
  if (!converged) {
    return std::nullopt;
  }
  auto clean = without_crumbs(model, values, rows);
  return clean ? std::optional(resting_at(model, std::move(*clean))) : std::nullopt;
}

Linearisation linearise(const Model& model, const RestingState& state) {
  return linearise(model, state.values, state.rotation);
}

}  // namespace basalt::patterns
