// What the benchmarks do with times.
#pragma once

#include <algorithm>
#include <vector>

#include "base/stopwatch.h"

namespace basalt {

/// Of at least one.
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

inline double least(const std::vector<double>& values) {
  return *std::ranges::min_element(values);
}

/// Seconds of one call of `work`, which is called until `enough` seconds have gone by.
template <typename Work>
double seconds_of_each(double enough, const Work& work) {
  int calls = 0;
  const Stopwatch watch;
  do {
    work();
    ++calls;
  } while (watch.seconds() < enough);
  return watch.seconds() / calls;
}

}  // namespace basalt
