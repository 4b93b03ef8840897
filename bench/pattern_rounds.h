// What benchmarks of patterns share: rounds in which an in-place scale of the species and steps follow one another, one
// to a visit of the grid and several, so that what changes with time changes all of them.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "samples.h"
#include "workloads/patterns/grid.h"
#include "workloads/patterns/model.h"

namespace basalt {

/// Cells along each axis, of "4096x4096".
inline std::vector<std::uint64_t> size_of(const std::string& text) {
  std::vector<std::uint64_t> size;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('x', begin), text.size());
    size.push_back(std::stoull(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return size;
}

/// Seconds of one scale in each round, and of a step by each number of steps in a visit.
class PatternRounds {
 public:
  explicit PatternRounds(const std::vector<std::uint32_t>& steps_per_visit)
      : steps_per_visit_(steps_per_visit), steps_(steps_per_visit.size()) {}

  void add_scale(double seconds) { scales_.push_back(seconds); }
  void add_step(std::size_t way, double seconds) { steps_[way].push_back(seconds); }

  /// Prints them unless `json`; returns them.
  [[nodiscard]] nlohmann::json tell(const std::string& text, const patterns::Grid& grid, const patterns::Model& model,
                                    Precision precision, bool json) const {
    const double bytes = static_cast<double>(2 * grid.cells() * model.species() * patterns::scalar_bytes(precision));
    const double scale = median(scales_);
    nlohmann::json entry = {{"grid", text},
                            {"scale_seconds", scale},
                            {"scale_bytes_per_second", bytes / scale},
                            {"steps", nlohmann::json::array()}};
    if (!json) {
      fmt::print("{} cells, in-place scale of the species: {:.3f} ms, {:.0f} GB/s\n", text, 1e3 * scale,
                 bytes / scale / 1e9);
    }
    for (std::size_t way = 0; way < steps_.size(); ++way) {
      if (steps_[way].empty()) {
        continue;
      }
      const double step = median(steps_[way]);
      const double cells_per_second = static_cast<double>(grid.cells()) / step;
      std::vector<double> shares;
      std::transform(scales_.begin(), scales_.end(), steps_[way].begin(), std::back_inserter(shares),
                     [](double of_scale, double of_step) { return of_scale / of_step; });
      const double share = median(shares);
      entry["steps"].push_back({{"steps_per_visit", steps_per_visit_[way]},
                                {"step_seconds", step},
                                {"least_step_seconds", least(steps_[way])},
                                {"cells_per_second", cells_per_second},
                                {"share_of_scale", share}});
      if (!json) {
        fmt::print("  {} step{} a visit: {:8.4f} ms a step, {:7.2f} GLUP/s, {:.2f} of in-place scale\n",
                   steps_per_visit_[way], steps_per_visit_[way] == 1 ? " " : "s", 1e3 * step, cells_per_second / 1e9,
                   share);
      }
    }
    return entry;
  }

 private:
  std::vector<std::uint32_t> steps_per_visit_;
  std::vector<double> scales_;
  std::vector<std::vector<double>> steps_;
};

}  // namespace basalt
