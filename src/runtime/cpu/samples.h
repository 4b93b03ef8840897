// Measuring something several times: until its share of the time is used up, and often enough to say how far the
// results differ.
#pragma once

#include <vector>

#include "basalt/cancel.h"
#include "basalt/tune.h"
#include "base/stopwatch.h"

namespace basalt {

/// Median and distance of the quartiles over it. Not of no values.
Measured summarize(std::vector<double> values);

/// Calls sample(), which returns a figure, at least kLeast times and at most kMost times, until `seconds` have passed.
template <typename Sample>
std::vector<double> sample_for(double seconds, const CancelToken& cancel, const Sample& sample) {
  constexpr std::size_t kLeast = 3;
  constexpr std::size_t kMost = 25;
  std::vector<double> values;
  const Stopwatch watch;
  while (values.size() < kMost && (values.size() < kLeast || watch.seconds() < seconds)) {
    cancel.check();
    values.push_back(sample());
  }
  return values;
}

/// How long work() takes.
template <typename Work>
double seconds_of(const Work& work) {
  const Stopwatch watch;
  work();
  return watch.seconds();
}

}  // namespace basalt
