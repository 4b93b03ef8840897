// How long to wait before something that broke is tried again.
#pragma once

#include <algorithm>
#include <cmath>

namespace basalt {

/// `first` after one failure, twice that after each further one in a row, at most `most`.
inline double backoff_seconds(int failures_in_a_row, double first, double most) {
  return std::min(most, std::ldexp(first, std::clamp(failures_in_a_row - 1, 0, 60)));
}

}  // namespace basalt
