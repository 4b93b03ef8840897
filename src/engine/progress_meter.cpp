#include "engine/progress_meter.h"

#include <algorithm>

namespace basalt {

ProgressMeter::ProgressMeter(const RunHooks& hooks, std::uint64_t shots) : hooks_(hooks) {
  progress_.shots_total = shots;
}

void ProgressMeter::expect(std::uint64_t gates, double bytes) {
  progress_.gates_total = gates;
  bytes_total_ = bytes;
}

void ProgressMeter::gates_done(std::uint64_t gates, double bytes) {
  progress_.gates_done += gates;
  bytes_done_ += bytes;
  if (!branched_ && bytes_total_ > 0) {
    progress_.fraction = std::min(1.0, bytes_done_ / bytes_total_);
  }
  report();
}

void ProgressMeter::branch() {
  branched_ = true;
  progress_.gates_total = 0;
  progress_.fraction = static_cast<double>(progress_.shots_done) / static_cast<double>(progress_.shots_total);
}

void ProgressMeter::shots_done(std::uint64_t shots) {
  progress_.shots_done += shots;
  if (branched_) {
    branch();
  }
  report();
}

void ProgressMeter::report() const {
  if (hooks_.on_progress) {
    hooks_.on_progress(progress_);
  }
}

}  // namespace basalt
