#include "plan/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace basalt {
namespace {

/// The lower of the two in the middle, where there are two.
double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

void History::add(double ratio) {
  if (!std::isfinite(ratio) || ratio <= 0) {
    return;
  }
  if (ratios.size() >= kMostSamples) {
    ratios.erase(ratios.begin(), ratios.end() - (kMostSamples - 1));
  }
  ratios.push_back(ratio);
  if (!counts()) {
    return;
  }
  const double median = median_of(ratios);
  if (median > kBand * correction || kBand * median < correction) {
    correction = median;
  }
}

std::string history_kind(std::string_view type, std::string_view kernel, int axes, int threads) {
  const std::string kind = fmt::format("{} {} 2^{}", type, kernel, axes);
  return threads == 0 ? kind : fmt::format("{}, {} thread{}", kind, threads, threads == 1 ? "" : "s");
}

}  // namespace basalt
