#include "workloads/patterns/analysis/critical.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace basalt::patterns {
namespace {

constexpr int kIntervals = 64;
/// Further than this, relative, from one value of the parameter to the next, it is taken in smaller steps.
constexpr double kNear = 0.05;

/// A state at a value of the parameter.
struct Place {
  double at = 0;
  RestingState state;
};

class Follower {
 public:
  Follower(Model model, const PatternRange& range)
      : model_(std::move(model)),
        index_(parameter_number(model_.description(), range.parameter)),
        least_step_(1e-13 * std::max(std::abs(range.from), std::abs(range.to))) {}

  const Model& model_at(double value) {
    model_.parameters[index_] = value;
    return model_;
  }

  Linearisation linear_at(const Place& place) { return linearise(model_at(place.at), place.state); }

  /// The same state at `to`, or as far towards it as there is one.
  Place follow(Place place, double to) {
    double step = to - place.at;
    while (place.at != to) {
      const double next = std::abs(to - place.at) <= std::abs(step) ? to : place.at + step;
      if (auto state = next_state(place, next)) {
        place = {next, std::move(*state)};
        step *= 2;
        continue;
      }
      step /= 2;
      if (std::abs(step) < least_step_) {
        break;
      }
    }
    return place;
  }

 private:
  std::optional<RestingState> next_state(const Place& place, double value) {
    const Model& model = model_at(value);
    if (place.state.any) {
      return place.state;  // it rests there whatever the parameters are
    }
    auto found = newton(model, place.state.values);
    if (!found) {
      return std::nullopt;
    }
    for (std::size_t i = 0; i < found->values.size(); ++i) {
      const double before = place.state.values[i];
      if (std::abs(found->values[i] - before) > kNear * (1 + std::abs(before))) {
        return std::nullopt;
      }
    }
    return found;
  }

  Model model_;
  std::size_t index_;
  double least_step_;
};

/// The end of the interval that is past the bifurcation where the start is not, or the other way round, brought as near
/// as rounding lets it.
Place bisect(Follower& follower, Bifurcation bifurcation, Place low, double high) {
  const bool past = is_past(bifurcation, follower.linear_at(low));
  for (int step = 0; step < 60; ++step) {
    const double middle = (low.at + high) / 2;
    if (middle == low.at || middle == high) {
      break;
    }
    Place place = follower.follow(low, middle);
    if (is_past(bifurcation, follower.linear_at(place)) == past) {
      low = std::move(place);
    } else {
      high = middle;
    }
  }
  return low;
}

/// Whether what changes there is this bifurcation, and not another one that ends where it could be: a hump, say, that
/// reaches k = 0.
bool begins(Bifurcation bifurcation, const Linearisation& linear) {
  const auto [c0, c1, c2] = real_growth(linear).coefficients;
  constexpr double kSmall = 1e-6;
  constexpr double kNearlySingular = 1e-4;  // near a fold, det J is as the root of the parameter
  const Matrix& a = linear.reaction;
  switch (bifurcation) {
    case Bifurcation::fold:
      return linear.species == 1 ||
             std::abs(c0) <= kNearlySingular * (std::abs(a[0][0] * a[1][1]) + std::abs(a[0][1] * a[1][0]));
    case Bifurcation::turing:
      return c1 > 0 && std::abs(c1 * c1 - 4 * c0 * c2) <= kSmall * c1 * c1;
    case Bifurcation::hopf:
      return std::abs(trace(linear).coefficients[0]) <= kSmall * (std::abs(a[0][0]) + std::abs(a[1][1]));
    default:
      return true;
  }
}

CriticalPoint critical_point(Bifurcation bifurcation, const Place& place, const Linearisation& linear,
                             const Symbol& symbol) {
  CriticalPoint point{.bifurcation = bifurcation, .value = place.at, .state = place.state.values};
  const Quadratic real = real_growth(linear);
  if (bifurcation == Bifurcation::turing) {
    point.wavenumber = symbol.wavenumber_of(-real.coefficients[1] / (2 * real.coefficients[2]));
  }
  if (bifurcation == Bifurcation::hopf) {
    point.frequency = std::sqrt(std::max(0.0, -real.coefficients[0]));
  }
  point.wavelength =
      point.wavenumber > 0 ? 2 * std::numbers::pi / point.wavenumber : std::numeric_limits<double>::infinity();
  return point;
}

/// The same bifurcation of the same state, found from both sides.
bool same(const CriticalPoint& a, const CriticalPoint& b, double length) {
  constexpr double kSameValue = 1e-7;
  constexpr double kSameState = 1e-2;  // near a fold, states change as the root of the parameter
  if (a.bifurcation != b.bifurcation || std::abs(a.value - b.value) > kSameValue * length) {
    return false;
  }
  for (std::size_t i = 0; i < a.state.size(); ++i) {
    if (std::abs(a.state[i] - b.state[i]) > kSameState * (1 + std::abs(a.state[i]))) {
      return false;
    }
  }
  return true;
}

void add_changes(Follower& follower, const Place& from, double to, const Symbol& symbol,
                 std::vector<CriticalPoint>& found) {
  constexpr double kBeside = 1e-6;  // of the interval: closer to a fold, either state may be the one that is followed
  const Place end = follower.follow(from, to);
  const Linearisation before = follower.linear_at(from);
  const Linearisation after = follower.linear_at(end);
  if (end.at != to && begins(Bifurcation::fold, after)) {
    found.push_back(critical_point(Bifurcation::fold, end, after, symbol));
  }
  for (const Bifurcation each :
       {Bifurcation::uniform, Bifurcation::hopf, Bifurcation::turing, Bifurcation::long_wave}) {
    if (is_past(each, before) == is_past(each, after)) {
      continue;
    }
    const Place place = bisect(follower, each, from, end.at);
    if (end.at != to && std::abs(place.at - end.at) <= kBeside * std::abs(to - from.at)) {
      continue;
    }
    const Linearisation linear = follower.linear_at(place);
    if (begins(each, linear)) {
      found.push_back(critical_point(each, place, linear, symbol));
    }
  }
}

}  // namespace

std::vector<CriticalPoint> critical_points(const Model& model, const PatternRange& range,
                                           const std::optional<double>& chosen, const Symbol& symbol) {
  Follower follower(model, range);
  const double length = std::abs(range.to - range.from);
  std::vector<CriticalPoint> found;
  for (int i = 0; i < kIntervals; ++i) {
    const double low = range.from + (range.to - range.from) * i / kIntervals;
    const double high = range.from + (range.to - range.from) * (i + 1) / kIntervals;
    for (const RestingState& state : resting_states(follower.model_at(low), chosen)) {
      add_changes(follower, {low, state}, high, symbol, found);
    }
    for (const RestingState& state : resting_states(follower.model_at(high), chosen)) {
      add_changes(follower, {high, state}, low, symbol, found);  // for states that begin in between
    }
  }
  std::vector<CriticalPoint> points;
  for (CriticalPoint& each : found) {
    if (std::none_of(points.begin(), points.end(),
                     [&](const CriticalPoint& other) { return same(each, other, length); })) {
      points.push_back(std::move(each));
    }
  }
  std::stable_sort(points.begin(), points.end(),
                   [](const CriticalPoint& a, const CriticalPoint& b) { return a.value < b.value; });
  return points;
}

}  // namespace basalt::patterns
