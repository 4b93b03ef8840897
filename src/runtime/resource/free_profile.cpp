#include "runtime/resource/free_profile.h"

#include <algorithm>
#include <utility>

namespace basalt::ledger {

FreeProfile::FreeProfile(double now, Amounts free) : pools_(free.size()), times_{now}, free_(std::move(free)) {}

bool FreeProfile::fits(std::size_t step, const Amounts& amounts) const noexcept {
  for (std::size_t pool = 0; pool < pools_; ++pool) {
    if (amounts[pool] > 0 && free_[step * pools_ + pool] < amounts[pool]) {
      return false;
    }
  }
  return true;
}

/// The step that begins at `time`, made where there is none; the number of steps for kForever.
std::size_t FreeProfile::split(double time) {
  if (time == kForever) {
    return times_.size();
  }
  const auto after = std::ranges::lower_bound(times_, time);
  const auto step = static_cast<std::size_t>(after - times_.begin());
  if (after == times_.end() || *after != time) {
    times_.insert(after, time);
    const std::vector<std::int64_t> before(free_.begin() + static_cast<std::ptrdiff_t>((step - 1) * pools_),
                                           free_.begin() + static_cast<std::ptrdiff_t>(step * pools_));
    free_.insert(free_.begin() + static_cast<std::ptrdiff_t>(step * pools_), before.begin(), before.end());
  }
  return step;
}

void FreeProfile::change(const Amounts& amounts, int sign, double begin, double end) {
  const std::size_t first = split(std::max(begin, times_.front()));
  const std::size_t last = split(std::max(end, times_.front()));
  for (std::size_t step = first; step < last; ++step) {
    for (std::size_t pool = 0; pool < pools_; ++pool) {
      free_[step * pools_ + pool] += sign * amounts[pool];
    }
  }
}

double FreeProfile::earliest(const Amounts& amounts, double seconds) const {
  std::size_t start = 0;
  for (std::size_t step = 0; step < times_.size(); ++step) {
    if (step > start && times_[step] >= times_[start] + seconds) {
      break;
    }
    if (!fits(step, amounts)) {
      start = step + 1;
    }
  }
  return start < times_.size() ? times_[start] : kForever;
}

}  // namespace basalt::ledger
