#include "engine/roofline.h"

#include <algorithm>
#include <utility>

namespace basalt {

Roofline::Roofline(const Inventory& inventory, std::string instruction_set, const CancelToken& cancel)
    : instruction_set_(std::move(instruction_set)) {
  constexpr double kTuneSeconds = 1;
  if (WisdomStatus wisdom = look_up_wisdom(inventory); wisdom.figures) {
    peaks_ = std::move(wisdom.figures->peaks);
    source_ = wisdom.path.string();
  } else {
    TuneReport measured =
        tune({.seconds = kTuneSeconds, .record = false, .wisdom = {}}, {.cancel = &cancel, .on_progress = {}});
    peaks_ = std::move(measured.figures.peaks);
    source_ = "measured now";
  }
}

double Roofline::peak(Precision precision, int threads) const noexcept {
  double best = 0;
  for (const ArithmeticPeak& entry : peaks_) {
    if (entry.instruction_set == instruction_set_) {
      const double all = precision == Precision::single_precision ? entry.f32.median : entry.f64.median;
      best = std::max(best, all * std::min(1.0, static_cast<double>(threads) / entry.threads));
    }
  }
  return best;
}

double Roofline::least_seconds(double bytes, double bytes_per_second, double flops, Precision precision,
                               int threads) const noexcept {
  const double flops_per_second = peak(precision, threads);
  return flops_per_second > 0 ? std::max(bytes / bytes_per_second, flops / flops_per_second) : 0;
}

}  // namespace basalt
