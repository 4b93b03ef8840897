#include "workloads/patterns/analysis/growth_filter.h"

#include <algorithm>
#include <cmath>

namespace basalt::patterns {
namespace {

/// Of the polynomial. More of them reach further in time, in proportion to their square: what is gained in vectors is
/// lost in products, and in digits.
constexpr std::size_t kMostTerms = 160;
/// Coefficients are computed to here, from where they are 0 to any precision.
constexpr std::size_t kLastTerm = 2 * kMostTerms;
/// What is left out of the series, at most, beside p = 1 at the right end.
constexpr double kTail = 1e-13;
constexpr double kShortest = 1;  // time · scale
constexpr double kLongest = 4.0 * kMostTerms;

/// G_k = (s/e)^k I_k(t e) of s, the sum of the half axes, over what makes the whole series 1 at the right end; there
/// the polynomial F_k = 2 (e/s)^k T_k is 1 + shape^k. By the recurrence of Bessel functions downward (J. C. P. Miller's
/// algorithm: F. W. J. Olver, Math. Comp. 18 (1964) 65), in which only e² = shape · s² stands: e may be imaginary.
std::vector<double> coefficients(double time_scale, double shape) {
  constexpr double kLarge = 1e150;
  std::vector<double> g(kLastTerm + 2, 0.0);
  g[kLastTerm] = 1 / kLarge;
  for (std::size_t k = kLastTerm; k > 0; --k) {
    g[k - 1] = 2 * static_cast<double>(k) / time_scale * g[k] + shape * g[k + 1];
    if (std::abs(g[k - 1]) > kLarge) {
      std::for_each(g.begin(), g.end(), [](double& value) { value /= kLarge; });
    }
  }
  double sum = g[0];
  double power = shape;
  for (std::size_t k = 1; k <= kLastTerm; ++k, power *= shape) {
    sum += g[k] * (1 + power);
  }
  std::transform(g.begin(), g.end(), g.begin(), [sum](double value) { return value / sum; });
  return g;
}

/// The terms that matter.
std::vector<double> series(double time_scale, double shape) {
  std::vector<double> g = coefficients(time_scale, shape);
  double tail = 0;
  while (g.size() > 1 && tail + 2 * std::abs(g.back()) <= kTail) {
    tail += 2 * std::abs(g.back());
    g.pop_back();
  }
  return g;
}

double longest(double shape) {
  double low = kShortest;
  double high = kLongest;
  for (int step = 0; step < 40; ++step) {
    const double middle = (low + high) / 2;
    (series(middle, shape).size() <= kMostTerms + 1 ? low : high) = middle;
  }
  return low;
}

}  // namespace

void SpectrumBox::include(std::complex<double> value) {
  left = std::min(left, value.real());
  right = std::max(right, value.real());
  top = std::max(top, std::abs(value.imag()));
}

GrowthFilter::GrowthFilter(const SpectrumBox& box, double most_time) : centre_((box.left + box.right) / 2) {
  // Of all ellipses through the corners the one with the least sum of half axes, of which the degree is a function.
  const double across = std::cbrt(std::pow((box.right - box.left) / 2, 2));
  const double up = std::cbrt(std::pow(box.top, 2));
  const double root = std::sqrt(across + up);
  if (root > 0) {
    half_width_ = across * root;
    scale_ = half_width_ + up * root;
    shape_ = (half_width_ - up * root) / scale_;
  }
  const double time_scale = std::clamp(most_time * scale_, kShortest, longest(shape_));
  time_ = time_scale / scale_;
  series_ = series(time_scale, shape_);
}

void GrowthFilter::apply(const LinearMap& matrix, const double* from, double* to, double* scratch,
                         std::size_t unknowns) const {
  // F_0 = 2, F_1 = 2 z/s, F_(k+1) = 2 z/s F_k − shape F_(k−1), with z = A − c
  double* before = scratch;
  double* now = scratch + unknowns;
  double* const product = scratch + 2 * unknowns;
  for (std::size_t i = 0; i < unknowns; ++i) {
    to[i] = series_[0] * from[i];
    before[i] = 0;
    now[i] = 2 * from[i];
  }
  for (std::size_t k = 1; k < series_.size(); ++k) {
    matrix(now, product);
    const double by = k == 1 ? 1 / scale_ : 2 / scale_;
    const double term = series_[k];
    for (std::size_t i = 0; i < unknowns; ++i) {
      const double next = by * (product[i] - centre_ * now[i]) - shape_ * before[i];
      before[i] = next;
      to[i] += term * next;
    }
    std::swap(before, now);
  }
}

}  // namespace basalt::patterns
