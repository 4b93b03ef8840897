#include "runtime/cpu/samples.h"

#include <algorithm>

namespace basalt {

Measured summarize(std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  const double median = at(0.5);
  return {.median = median, .spread = median == 0 ? 0 : (at(0.75) - at(0.25)) / median};
}

}  // namespace basalt
