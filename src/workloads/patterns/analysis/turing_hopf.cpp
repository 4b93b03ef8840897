#include "workloads/patterns/analysis/turing_hopf.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "workloads/patterns/analysis/critical.h"

namespace basalt::patterns {
namespace {

constexpr int kLines = 17;  // of each parameter
constexpr int kMostSteps = 50;
/// Of two points or states, relative.
constexpr double kSame = 1e-6;

using Pair = std::array<double, 2>;

double size_of(const Pair& pair) {
  return std::max(std::abs(pair[0]), std::abs(pair[1]));
}

/// A state at values of both parameters, and how far it is from either instability.
struct Place {
  Pair at{};
  std::vector<double> state;
  Linearisation linear;
  Pair distance{};  ///< From Hopf, from Turing; between −1 and 1.
};

class Finder {
 public:
  Finder(Model model, const std::array<PatternRange, 2>& ranges)
      : model_(std::move(model)),
        ranges_(ranges),
        index_{parameter_number(model_.description(), ranges[0].parameter),
               parameter_number(model_.description(), ranges[1].parameter)} {}

  /// With one parameter at a value.
  const Model& model_at(std::size_t which, double value) {
    model_.parameters[index_[which]] = value;
    return model_;
  }

  /// Newton's method over both parameters. None where it leaves the ranges or ends elsewhere.
  std::optional<Place> find(const Pair& from, const std::vector<double>& state) {
    std::optional<Place> place = place_at(from, state);
    for (int step = 0; place && step < kMostSteps; ++step) {
      const auto move = newton_move(*place);
      if (!move) {
        return std::nullopt;
      }
      std::optional<Place> next = walk(*place, *move);
      const bool arrived = size_of({(*move)[0] / length(0), (*move)[1] / length(1)}) <= kArrived;
      if (arrived && is_point(next ? *next : *place)) {
        return next ? next : place;
      }
      place = std::move(next);
    }
    return std::nullopt;
  }

  [[nodiscard]] double length(std::size_t which) const { return ranges_[which].to - ranges_[which].from; }

 private:
  static constexpr double kArrived = 1e-10;

  std::optional<Place> place_at(const Pair& at, const std::vector<double>& state) {
    model_at(0, at[0]);
    const Model& model = model_at(1, at[1]);
    const auto resting = newton(model, state);
    if (!resting) {
      return std::nullopt;
    }
    Place place{.at = at, .state = resting->values, .linear = linearise(model, *resting), .distance = {}};
    const Matrix& j = place.linear.reaction;
    const auto [c0, c1, c2] = real_growth(place.linear).coefficients;
    const auto ratio = [](double difference, double sum) { return sum > 0 ? difference / sum : 0; };
    place.distance = {ratio(j[0][0] + j[1][1], std::abs(j[0][0]) + std::abs(j[1][1])),
                      ratio(c1 * c1 - 4 * c0 * c2, c1 * c1 + 4 * std::abs(c0 * c2))};
    return place;
  }

  /// −(∂distance/∂at)⁻¹ distance, by central differences.
  std::optional<Pair> newton_move(const Place& place) {
    constexpr double kStep = 1e-5;
    std::array<Pair, 2> slope{};  // of each distance by each parameter
    for (std::size_t i = 0; i < 2; ++i) {
      Pair high = place.at;
      Pair low = place.at;
      high[i] += kStep * length(i);
      low[i] -= kStep * length(i);
      const auto above = place_at(high, place.state);
      const auto below = place_at(low, place.state);
      if (!above || !below) {
        return std::nullopt;
      }
      for (std::size_t row = 0; row < 2; ++row) {
        slope[row][i] = (above->distance[row] - below->distance[row]) / (high[i] - low[i]);
      }
    }
    const double determinant = slope[0][0] * slope[1][1] - slope[0][1] * slope[1][0];
    if (determinant == 0) {
      return std::nullopt;
    }
    return Pair{(slope[0][1] * place.distance[1] - slope[1][1] * place.distance[0]) / determinant,
                (slope[1][0] * place.distance[0] - slope[0][0] * place.distance[1]) / determinant};
  }

  /// As much of the move as brings the state nearer and stays within the ranges; none if none does.
  std::optional<Place> walk(const Place& place, const Pair& move) {
    constexpr int kHalvings = 20;
    double share = 1;
    for (int i = 0; i < kHalvings; ++i, share /= 2) {
      const Pair at = {place.at[0] + share * move[0], place.at[1] + share * move[1]};
      if (!is_inside(at)) {
        continue;
      }
      auto next = place_at(at, place.state);
      if (next && size_of(next->distance) < size_of(place.distance)) {
        return next;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_inside(const Pair& at) const {
    return at[0] >= ranges_[0].from && at[0] <= ranges_[0].to && at[1] >= ranges_[1].from && at[1] <= ranges_[1].to;
  }

  static bool is_point(const Place& place) {
    constexpr double kAt = 1e-9;
    const auto [c0, c1, c2] = real_growth(place.linear).coefficients;
    return size_of(place.distance) <= kAt && c0 < 0 && c1 > 0 && c2 < 0;
  }

  Model model_;
  const std::array<PatternRange, 2>& ranges_;
  std::array<std::size_t, 2> index_;
};

TuringHopfPoint point_at(const Place& place, const Symbol& symbol) {
  const auto [c0, c1, c2] = real_growth(place.linear).coefficients;
  const double wavenumber = symbol.wavenumber_of(-c1 / (2 * c2));
  return {.values = place.at,
          .state = place.state,
          .wavenumber = wavenumber,
          .wavelength = 2 * std::numbers::pi / wavenumber,
          .frequency = std::sqrt(-c0)};
}

bool same(const TuringHopfPoint& a, const TuringHopfPoint& b, const Finder& finder) {
  for (std::size_t i = 0; i < 2; ++i) {
    if (std::abs(a.values[i] - b.values[i]) > kSame * finder.length(i)) {
      return false;
    }
  }
  return std::equal(a.state.begin(), a.state.end(), b.state.begin(),
                    [](double u, double v) { return std::abs(u - v) <= kSame * (1 + std::abs(u)); });
}

}  // namespace

std::vector<TuringHopfPoint> turing_hopf_points(const Model& model, const std::array<PatternRange, 2>& ranges,
                                                const std::optional<double>& chosen, const Symbol& symbol,
                                                const CancelToken& cancel) {
  Finder finder(model, ranges);
  std::vector<TuringHopfPoint> points;
  const auto add = [&](const Pair& from, const std::vector<double>& state) {
    const auto place = finder.find(from, state);
    if (!place) {
      return;
    }
    const TuringHopfPoint found = point_at(*place, symbol);
    if (std::none_of(points.begin(), points.end(),
                     [&](const TuringHopfPoint& other) { return same(found, other, finder); })) {
      points.push_back(found);
    }
  };
  // Lines of both kinds: a critical value of one parameter may be the same for all values of the other.
  for (std::size_t fixed = 0; fixed < 2; ++fixed) {
    const PatternRange& along = ranges[1 - fixed];
    for (int line = 0; line < kLines; ++line) {
      cancel.check();
      Pair at{};
      at[fixed] = ranges[fixed].from + finder.length(fixed) * line / (kLines - 1);
      for (const CriticalPoint& point : critical_points(finder.model_at(fixed, at[fixed]), along, chosen, symbol)) {
        if (point.bifurcation == Bifurcation::hopf || point.bifurcation == Bifurcation::turing) {
          at[1 - fixed] = point.value;
          add(at, point.state);
        }
      }
    }
  }
  std::sort(points.begin(), points.end(),
            [](const TuringHopfPoint& a, const TuringHopfPoint& b) { return a.values < b.values; });
  return points;
}

}  // namespace basalt::patterns
