// Binomial draws: by inversion where few successes are expected, else by transformed rejection with squeeze (BTRS of
// W. Hörmann, "The generation of binomial random variates", J. Stat. Comput. Simul. 46, 1993), with the acceptance test
// rearranged so that it does not cancel for large numbers of trials.

#include <bit>
#include <cmath>
#include <limits>

#include "base/random.h"

// One rounding for each operation as written: where a compiler fuses a multiplication with an addition depends on the
// processor, and so would the draws.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC optimize("fp-contract=off")
#endif

namespace basalt {
namespace {

/// 2 artanh(s) for |s| ≤ 1/3, relative error near 1e-16. log(a/b) is twice_artanh((a−b)/(a+b)).
double twice_artanh(double s) {
  const double square = s * s;
  double sum = 0;
  for (int power = 35; power >= 1; power -= 2) {  // (1/9)^17 < 2^-53
    sum = sum * square + 1.0 / power;
  }
  return 2 * s * sum;
}

constexpr double kLn2 = 0x1.62e42fefa39efp-1;

/// Of a positive, normal x.
double natural_log(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double mantissa = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);  // in [1, 2)
  if (mantissa > 1.5) {
    mantissa *= 0.5;
    ++exponent;
  }
  return exponent * kLn2 + twice_artanh((mantissa - 1) / (mantissa + 1));
}

/// log(a/b) without cancellation where a and b are close.
double log_ratio(double a, double b) {
  return a < 2 * b && b < 2 * a ? twice_artanh((a - b) / (a + b)) : natural_log(a / b);
}

/// e^x for −64 ≤ x ≤ 0, relative error near 1e-14.
double exponential(double x) {
  const double reduced = x * 0x1p-7;
  double sum = 1;
  for (int term = 14; term >= 1; --term) {
    sum = 1 + sum * reduced / term;
  }
  for (int i = 0; i < 7; ++i) {
    sum *= sum;
  }
  return sum;
}

/// Walks the distribution from 0 successes up. For n·p < 10 and p ≤ 1/2.
std::uint64_t by_inversion(double uniform, std::uint64_t trials, double p) {
  constexpr double kNegligible = 0x1p-70;  // past the mean; `uniform` is no finer than 2^-53
  const auto n = static_cast<double>(trials);
  const double odds = p / (1 - p);
  double mass = exponential(n * twice_artanh(-p / (2 - p)));  // (1 − p)^n
  std::uint64_t successes = 0;
  while (uniform >= mass && successes < trials && (mass > kNegligible || static_cast<double>(successes) < n * p)) {
    uniform -= mass;
    ++successes;
    const auto k = static_cast<double>(successes);
    mass *= (n - k + 1) / k * odds;
  }
  return successes;
}

/// What Stirling's formula lacks: log k! − log(√(2π) (k+1)^(k+1/2) e^−(k+1)).
double stirling_correction(double k) {
  // clang-format off
  constexpr double kSmall[] = {
      0.08106146679532726, 0.04134069595540929, 0.02767792568499834, 0.02079067210376509, 0.01664469118982119,
      0.01387612882307075, 0.01189670994589177, 0.01041126526197209, 0.009255462182712733, 0.008330563433362871};
  // clang-format on
  if (k < 10) {
    return kSmall[static_cast<int>(k)];
  }
  const double inverse = 1 / (k + 1);
  const double square = inverse * inverse;
  return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - square / 1680) * square) * square) * inverse;
}

/// For n·p ≥ 10 and p ≤ 1/2. Names follow the paper.
std::uint64_t by_rejection(const CounterRandom& random, std::uint64_t index, std::uint64_t trials, double p) {
  const auto n = static_cast<double>(trials);
  const double deviation = std::sqrt(n * p * (1 - p));
  const double b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double centre = n * p + 0.5;
  const double squeeze = 0.92 - 4.2 / b;
  const double alpha = (2.83 + 5.1 / b) * deviation;
  const double mode = std::floor((n + 1) * p);
  const double odds = p / (1 - p);
  while (true) {
    const double u = random.uniform(index) - 0.5;
    const double v = random.uniform(index + 1);
    index += 2;
    const double edge = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / edge + b) * u + centre);
    if (!(k >= 0 && k <= n)) {
      continue;
    }
    if (edge >= 0.07 && v <= squeeze) {
      return static_cast<std::uint64_t>(k);
    }
    // accept when log v' ≤ log(density(k) / density(mode)), by Stirling's formula
    const double density = (k - mode) * log_ratio(odds * (n - k + 1), k + 1) +
                           (mode + 0.5) * log_ratio(mode + 1, k + 1) +
                           (n - mode + 0.5) * log_ratio(n - mode + 1, n - k + 1) + stirling_correction(mode) +
                           stirling_correction(n - mode) - stirling_correction(k) - stirling_correction(n - k);
    const double scaled = v * alpha / (a / (edge * edge) + b);
    if (scaled <= 0 || natural_log(scaled) <= density) {
      return static_cast<std::uint64_t>(k);
    }
  }
}

}  // namespace

std::uint64_t binomial(const CounterRandom& random, std::uint64_t index_base, std::uint64_t trials,
                       double probability) noexcept {
  constexpr double kFewSuccesses = 10;  // where the rejection method begins to hold
  if (!(probability > 0) || trials == 0) {
    return 0;
  }
  if (probability >= 1) {
    return trials;
  }
  const bool flipped = probability > 0.5;
  const double p = flipped ? 1 - probability : probability;  // exact
  std::uint64_t successes = static_cast<double>(trials) * p < kFewSuccesses
                                ? by_inversion(random.uniform(index_base), trials, p)
                                : by_rejection(random, index_base, trials, p);
  successes = successes < trials ? successes : trials;  // counts beyond 2^53 are rounded
  return flipped ? trials - successes : successes;
}

}  // namespace basalt
