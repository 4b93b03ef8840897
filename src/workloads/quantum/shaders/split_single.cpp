#include "workloads/quantum/shaders/split_single.h"

#include <algorithm>
#include <cmath>

namespace basalt::quantum {
namespace {

using Complex = std::complex<double>;

constexpr double kTolerance = 1e-12;

}  // namespace

std::optional<SplitSingle> split_single(std::span<const Complex> m) {
  SplitSingle result{.cosine = std::abs(m[0]), .sine = std::abs(m[2])};
  // the larger of the two entries of a column tells a phase best
  if (result.cosine >= result.sine) {
    const double turn = std::arg(m[0]);
    result.factor = std::polar(1.0, turn);
    result.after = result.sine > kTolerance ? std::arg(m[2]) - turn : 0;
    result.before = std::arg(m[3]) - turn - result.after;
  } else {
    const double lower = std::arg(m[2]);
    const double upper = std::arg(-m[1]);
    const double turn = result.cosine > kTolerance ? std::arg(m[0]) : 0;
    result.factor = std::polar(1.0, turn);
    result.after = lower - turn;
    result.before = upper - turn;
  }
  const Complex before = std::polar(1.0, result.before);
  const Complex after = std::polar(1.0, result.after);
  const Complex again[] = {result.factor * result.cosine, -result.factor * result.sine * before,
                           result.factor * result.sine * after, result.factor * result.cosine * before * after};
  for (std::size_t i = 0; i < 4; ++i) {
    if (!(std::abs(again[i] - m[i]) <= kTolerance)) {
      return std::nullopt;
    }
  }
  return result;
}

}  // namespace basalt::quantum
