#include "workloads/patterns/analysis/waves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace basalt::patterns {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A real growth rate is above 0 within 0 < q < ∞, and not at either end: the hump of a parabola.
bool has_hump(const Quadratic& growth) {
  const auto [c0, c1, c2] = growth.coefficients;
  return c2 < 0 && c1 > 0 && c1 * c1 > 4 * c0 * c2;
}

bool grows(const Linearisation& linear, double q) {
  return real_growth(linear).at(q) > 0 || (linear.species == 2 && trace(linear).at(q) > 0);
}

/// The place of the largest growth between two neighbours of the largest sample.
double golden_section(const Linearisation& linear, double low, double high) {
  constexpr double kShare = 1 / std::numbers::phi;
  constexpr int kSteps = 100;  // the interval shrinks by 10⁻²⁰
  double left = high - kShare * (high - low);
  double right = low + kShare * (high - low);
  for (int step = 0; step < kSteps && left < right; ++step) {
    if (growth_at(linear, left) >= growth_at(linear, right)) {
      high = right;
      right = left;
      left = high - kShare * (high - low);
    } else {
      low = left;
      left = right;
      right = low + kShare * (high - low);
    }
  }
  return (low + high) / 2;
}

}  // namespace

double Symbol::q_of(double wavenumber) const {
  if (spacing_ == 0) {
    return wavenumber * wavenumber;
  }
  const double root = 2 / spacing_ * std::sin(wavenumber * spacing_ / 2);
  return root * root;
}

double Symbol::wavenumber_of(double q) const {
  const double root = std::sqrt(q);
  return spacing_ == 0 ? root : 2 / spacing_ * std::asin(std::min(1.0, root * spacing_ / 2));
}

double Symbol::largest_wavenumber() const {
  return spacing_ == 0 ? kInfinity : std::numbers::pi / spacing_;
}

std::string kind_of(const Linearisation& linear) {
  const double real = real_growth(linear).coefficients[0];
  const double sum = trace(linear).coefficients[0];
  if (real > 0) {
    return linear.species == 1 ? "unstable" : "saddle";
  }
  if (real == 0) {
    return sum > 0 ? "unstable" : "neutral";
  }
  if (linear.species == 1) {
    return "stable";
  }
  if (sum == 0) {
    return "centre";
  }
  const bool turns = eigenvalues(linear.reaction, 2).front().imag() != 0;
  return std::string(sum < 0 ? "stable " : "unstable ") + (turns ? "focus" : "node");
}

bool is_past(Bifurcation bifurcation, const Linearisation& linear) {
  const Quadratic real = real_growth(linear);
  switch (bifurcation) {
    case Bifurcation::uniform:
      return real.coefficients[0] > 0;
    case Bifurcation::hopf:
      return linear.species == 2 && real.coefficients[0] < 0 && trace(linear).coefficients[0] > 0;
    case Bifurcation::turing:
      return real.coefficients[0] < 0 && has_hump(real);
    case Bifurcation::long_wave:
      return real.coefficients[0] == 0 && real.coefficients[1] > 0;
    default:
      return false;
  }
}

std::vector<Bifurcation> instabilities(const Linearisation& linear) {
  std::vector<Bifurcation> found;
  for (const Bifurcation each :
       {Bifurcation::uniform, Bifurcation::hopf, Bifurcation::turing, Bifurcation::long_wave}) {
    if (is_past(each, linear)) {
      found.push_back(each);
    }
  }
  return found;
}

std::vector<WaveBand> growing_bands(const Linearisation& linear) {
  std::vector<double> ends = real_growth(linear).positive_roots();
  if (linear.species == 2) {
    const std::vector<double> more = trace(linear).positive_roots();
    ends.insert(ends.end(), more.begin(), more.end());
  }
  ends.push_back(0);
  ends.push_back(kInfinity);
  std::sort(ends.begin(), ends.end());
  std::vector<WaveBand> bands;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const double from = ends[i];
    const double to = ends[i + 1];
    const double inside = to < kInfinity ? (from + to) / 2 : 2 * from + 1;
    if (from == to || !grows(linear, inside)) {
      continue;
    }
    if (!bands.empty() && bands.back().to == from) {
      bands.back().to = to;
    } else {
      bands.push_back({from, to});
    }
  }
  return bands;
}

double growth_at(const Linearisation& linear, double q) {
  return eigenvalues(matrix_at(linear, q), linear.species).front().real();
}

double fastest_q(const Linearisation& linear, double largest) {
  constexpr int kSamples = 2000;
  const auto sample = [&](int i) { return largest * i / kSamples * i / kSamples; };
  int best = 0;
  for (int i = 1; i <= kSamples; ++i) {
    if (growth_at(linear, sample(i)) > growth_at(linear, sample(best))) {
      best = i;
    }
  }
  const double found = golden_section(linear, sample(std::max(0, best - 1)), sample(std::min(kSamples, best + 1)));
  return growth_at(linear, found) > growth_at(linear, sample(best)) ? found : sample(best);
}

std::optional<TuringConditions> turing_conditions(const Linearisation& linear) {
  if (linear.species != 2) {
    return std::nullopt;
  }
  const auto [c0, c1, c2] = real_growth(linear).coefficients;
  return TuringConditions{
      .trace = trace(linear).coefficients[0], .determinant = -c0, .mixed = c1, .discriminant = c1 * c1 - 4 * c0 * c2};
}

}  // namespace basalt::patterns
