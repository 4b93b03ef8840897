// What runs took against what was predicted, and how much later predictions are corrected for that.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace basalt {

/// Of one kind of run on one machine or device. Plain data.
struct History {
  /// With fewer, nothing is corrected.
  static constexpr std::size_t kLeastSamples = 10;
  /// Older ones are forgotten.
  static constexpr std::size_t kMostSamples = 50;
  /// The correction stays where it is until the median of the ratios is further from it than by this factor, so that
  /// a choice between two places that are about as fast does not change from run to run.
  static constexpr double kBand = 1.1;

  std::vector<double> ratios;  ///< Actual over predicted seconds, the latest last.
  double correction = 1;       ///< By which predictions are multiplied.

  /// Takes one more, and lets the correction follow the median where that left the band. Ratios that are not positive
  /// and finite are passed over.
  void add(double ratio);

  [[nodiscard]] std::size_t samples() const noexcept { return ratios.size(); }
  [[nodiscard]] bool counts() const noexcept { return samples() >= kLeastSamples; }
};

/// Names a kind of run: runs of one kind are off by about the same factor. `kernel` is the id of the kernel that most
/// steps are of, `threads` 0 for devices. E.g. "c64 quantum/dense 2^24, 2 threads".
std::string history_kind(std::string_view type, std::string_view kernel, int axes, int threads);

}  // namespace basalt
