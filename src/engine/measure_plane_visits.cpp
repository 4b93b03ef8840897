#include "engine/measure_plane_visits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <optional>
#include <span>

#include "base/median.h"
#include "engine/host_pattern.h"
#include "plan/limits.h"
#include "workloads/patterns/stability.h"

namespace basalt {
namespace {

/// Tried in a visit, beside one; each divides the last, which is how many steps a sample takes.
constexpr std::array kSteps{2, 4, 8, 16};
constexpr int kSampleSteps = kSteps.back();

/// A sample is at least this long.
constexpr double kSampleSeconds = 1e-3;

/// Several steps must be this much faster: less may be noise.
constexpr double kGain = 1.1;

/// What the species of planes take that are measured: half as much from one to the next.
constexpr std::uint64_t kLeastBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

/// Such a plane finds half of itself in no cache, and takes an eighth of what the process may use at most.
std::uint64_t largest_plane(const Inventory& inventory) {
  std::uint64_t largest = 0;
  for (const CacheLevel& cache : inventory.caches) {
    largest = std::max(largest, cache.size_bytes);
  }
  largest = std::clamp(2 * largest, 8 * kLeastBytes, kMostBytes);
  return std::max(std::min(largest, inventory.memory_bytes.value / 8), kLeastBytes);
}

/// Gray-Scott in single precision on a square whose species take about `bytes`.
class Plane {
 public:
  Plane(std::uint64_t bytes, const Inventory& inventory, const Arena& arena, const CancelToken& cancel)
      : cancel_(cancel), model_(patterns::make_model("gray-scott", {})) {
    const std::uint64_t cells = bytes / (2 * sizeof(float));
    const auto side = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(cells)));
    const patterns::Grid grid = patterns::make_grid({side, side}, model_.description().spacing);
    const patterns::Domain domain{.grid = grid,
                                  .layout = patterns::make_layout(grid, Precision::single_precision),
                                  .precision = Precision::single_precision,
                                  .ghosts = {}};
    const patterns::Scheme scheme{.step = patterns::choose_step(model_, grid, {}, Integrator::euler, std::nullopt)};
    const PlanLimits limits = choose_limits(inventory, std::nullopt, arena.threads());
    solver_.emplace(model_, domain, scheme, solver_limits(1, limits), memory_, arena);
    const std::vector<double> row(side, 0.25);
    for (std::uint64_t y = 0; y < side; ++y) {
      for (std::size_t species = 0; species < model_.species(); ++species) {
        solver_->write_row(species, y, 0, row);
      }
    }
    const double once = seconds_of([&] { solver_->advance(kSampleSteps, cancel_); });
    repeats_ = static_cast<int>(std::clamp(kSampleSeconds / once, 1.0, 1e3));
  }

  /// Of a sample.
  double seconds(int steps_per_visit) {
    solver_->set_steps_per_visit(static_cast<std::uint64_t>(steps_per_visit));
    return seconds_of([&] {
      for (int i = 0; i < repeats_; ++i) {
        solver_->advance(kSampleSteps, cancel_);
      }
    });
  }

 private:
  const CancelToken& cancel_;
  const patterns::Model model_;
  HostMemory memory_;
  std::optional<patterns::Solver> solver_;
  int repeats_ = 1;
};

/// How much faster than one step in a visit each of these numbers is.
std::vector<double> measure_gains(Plane& plane, std::span<const int> steps, CalibrationRun& run) {
  const auto turns = run.measure_in_turns(1 + static_cast<int>(steps.size()), [&](int i) {
    return plane.seconds(i == 0 ? 1 : steps[static_cast<std::size_t>(i) - 1]);
  });
  std::vector<double> gains;
  for (std::size_t each = 0; each < steps.size(); ++each) {
    std::vector<double> ratios;
    std::ranges::transform(turns, std::back_inserter(ratios),
                           [&](const std::vector<double>& turn) { return turn.front() / turn[1 + each]; });
    gains.push_back(median_of(std::move(ratios)));
  }
  return gains;
}

}  // namespace

int count_plane_figures(const Inventory& inventory) {
  const int sizes = std::bit_width(largest_plane(inventory) / kLeastBytes) - 1;
  return 1 + static_cast<int>(kSteps.size()) + 2 * sizes;
}

PlaneVisits measure_plane_visits(const Inventory& inventory, CalibrationRun& run) {
  const Arena arena(static_cast<int>(inventory.cores.value));
  std::uint64_t bytes = largest_plane(inventory);
  run.begin(fmt::format("steps in a visit of a plane, threads: {}", arena.threads()));
  PlaneVisits best;
  {
    Plane plane(bytes, inventory, arena, run.cancel());
    const std::vector<double> gains = measure_gains(plane, kSteps, run);
    const auto most = std::ranges::max_element(gains);
    if (*most < kGain) {
      return best;
    }
    best = {.steps = kSteps[static_cast<std::size_t>(most - gains.begin())], .gain = *most, .from_bytes = bytes};
  }
  for (bytes /= 2; bytes >= kLeastBytes; bytes /= 2) {
    run.begin(fmt::format("steps in a visit of a plane of {}", format_bytes(bytes)));
    Plane plane(bytes, inventory, arena, run.cancel());
    if (measure_gains(plane, std::span(&best.steps, 1), run).front() < kGain) {
      break;
    }
    best.from_bytes = bytes;
  }
  return best;
}

}  // namespace basalt
