#include "plan/choose_tiles.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace basalt {
namespace {

/// Of the time of execution, what the search may take.
constexpr double kSearchShare = 0.01;
/// About what it takes to look at an operation once.
constexpr double kLookSeconds = 3e-9;
/// Looks at each operation that a cut needs at least.
constexpr double kLeastLooks = 16;
constexpr double kMostEffort = 1 << 26;

constexpr std::uint64_t kSmallFieldBytes = std::uint64_t{64} << 10;

/// Operations that mix, done by one visit of a tile: about as many as the visit's axes.
constexpr double kMixersOfVisit = 6;

/// Runs of this many lines of the cache are long enough for memory to be read at full speed.
constexpr int kLongRunAxes = 2;

struct Shape {
  int tile_axes = 0;
  int low_axes = 0;
};

struct Candidate {
  Shape shape;
  std::vector<StageCut> cuts;
  double visit_seconds = 0;  ///< Of all stages, for moving data alone: tiles, and blocks of them.
};

class TileChooser {
 public:
  TileChooser(std::span<const Step> steps, ElementType type, int axes, const PlanLimits& limits,
              const PlanSettings& settings)
      : steps_(steps),
        type_(type),
        axes_(axes),
        limits_(limits),
        cut_costs_(limits.cut_threads > 0 ? limits.cut_costs : limits.costs),
        cut_threads_(limits.cut_threads > 0 ? limits.cut_threads : limits.threads),
        settings_(settings) {
    accesses_.reserve(steps.size());
    for (const Step& step : steps) {
      accesses_.push_back(step.access);
      most_mixed_ = std::max(most_mixed_, std::popcount(step.access.mixes));
    }
  }

  std::vector<CostedCut> operator()() {
    const int usual = axes_in(limits_.tile_bytes);
    const int line_axes = axes_in(limits_.cache_line_bytes);
    Candidate best = cut({.tile_axes = usual, .low_axes = line_axes + kLongRunAxes}, 0);
    if (usual < axes_) {
      search(best, other_shapes(usual, line_axes));
    }
    std::vector<CostedCut> result;
    result.reserve(best.cuts.size());
    for (StageCut& stage : best.cuts) {
      const StageCost cost = cost_of(stage);
      result.push_back({.cut = std::move(stage), .cost = cost});
    }
    return result;
  }

 private:
  [[nodiscard]] int axes_in(std::uint64_t bytes) const {
    return std::bit_width(std::max<std::uint64_t>(bytes / element_bytes(type_), 1)) - 1;
  }

  /// The likeliest first.
  [[nodiscard]] std::vector<Shape> other_shapes(int usual, int line_axes) const {
    const int long_run = line_axes + kLongRunAxes;
    std::vector<Shape> shapes{{usual, long_run},        {usual, long_run - 1}, {usual + 1, long_run},
                              {usual - 1, long_run},    {usual + 2, long_run}, {usual, line_axes},
                              {usual + 1, long_run - 1}};
    std::erase_if(shapes, [&](const Shape& shape) { return shape.tile_axes < shape.low_axes + 1; });
    return shapes;
  }

  /// Arithmetic takes about as long whatever the shape of tiles: shapes differ in how often data are moved, and how
  /// far. Half of the search is for the shape, half for the cut of the best one.
  void search(Candidate& best, const std::vector<Shape>& shapes) const {
    const double effort = std::min(kSearchShare * (best.visit_seconds + working_seconds()) / kLookSeconds, kMostEffort);
    const double least = kLeastLooks * static_cast<double>(steps_.size());
    const auto affordable = static_cast<std::size_t>(std::min(effort / 2 / least, static_cast<double>(shapes.size())));
    const auto try_shape = [&](const Shape& shape, double share) {
      Candidate other = cut(shape, effort * share);
      if (other.visit_seconds < best.visit_seconds) {
        best = std::move(other);
      }
    };
    for (const Shape& shape : std::span(shapes).first(affordable)) {
      try_shape(shape, 0.5 / static_cast<double>(affordable));
    }
    if (effort / 2 >= least) {
      try_shape(best.shape, 0.5);
    }
  }

  /// A guess from the steps alone.
  [[nodiscard]] double working_seconds() const {
    double flops = 0;
    for (const Step& step : steps_) {
      flops += step.flops_per_element * visited_share(step, 0);
    }
    const SharedSpeed& peak = type_ == ElementType::c64 ? cut_costs_.flops_f32 : cut_costs_.flops_f64;
    return std::ldexp(flops, axes_) / (peak.of(cut_threads_) * cut_costs_.usual_share);
  }

  [[nodiscard]] Candidate cut(Shape shape, double effort) const {
    shape.tile_axes = std::max(shape.tile_axes, shape.low_axes + most_mixed_);
    shape.tile_axes = std::min({shape.tile_axes, axes_in(kMostTileBytes), axes_});
    shape.low_axes = std::min(shape.low_axes, axes_);
    Candidate candidate{.shape = shape,
                        .cuts = cut_stages(accesses_, {.field_axes = axes_,
                                                       .tile_axes = shape.tile_axes,
                                                       .low_axes = shape.low_axes,
                                                       .touched_axes = settings_.touched_axes,
                                                       .effort = static_cast<std::uint64_t>(effort)})};
    for (const StageCut& stage : candidate.cuts) {
      const TileWork work = guess_visits(stage);
      candidate.visit_seconds += cost_of_stage(cut_costs_, load_of(stage, {&work, 1}), cut_threads_).seconds;
    }
    return candidate;
  }

  /// How often a tile will be visited, in the cache that it fits in.
  [[nodiscard]] TileWork guess_visits(const StageCut& stage) const {
    const auto mixers =
        std::ranges::count_if(stage.steps, [&](std::uint32_t step) { return accesses_[step].mixes != 0; });
    return {.kernel = {},
            .cache_bytes_per_element = 2.0 * static_cast<double>(element_bytes(type_)) *
                                       std::ceil(static_cast<double>(mixers) / kMixersOfVisit)};
  }

  [[nodiscard]] StageLoad load_of(const StageCut& stage, std::span<const TileWork> work) const {
    return {.type = type_, .tile_axes = stage.tile_axes, .outer_axes = stage.outer_axes, .bytes = 0, .work = work};
  }

  [[nodiscard]] StageCost cost_of(const StageCut& stage) const {
    // Of a small field, to have its steps described takes as long as to run them many times.
    const bool roughly = settings_.tiles.describe == nullptr || field_bytes(type_, axes_) <= kSmallFieldBytes;
    const std::vector<TileWork> work = roughly ? guess_work(stage) : describe(stage);
    return cost_of_stage(limits_.costs, load_of(stage, work), limits_.threads);
  }

  [[nodiscard]] std::vector<TileWork> describe(const StageCut& stage) const {
    std::vector<const Step*> steps;
    steps.reserve(stage.steps.size());
    for (const std::uint32_t step : stage.steps) {
      steps.push_back(&steps_[step]);
    }
    return settings_.tiles.describe(steps, {.type = type_, .axes = stage.tile_axes});
  }

  /// From the steps alone. Phases that nothing parts are done as one.
  [[nodiscard]] std::vector<TileWork> guess_work(const StageCut& stage) const {
    double flops = 0;
    bool after_phase = false;
    for (const std::uint32_t index : stage.steps) {
      const Step& step = steps_[index];
      const bool is_phase = step.access.mixes == 0;
      if (!is_phase || !after_phase) {
        flops += step.flops_per_element * visited_share(step, 0);
      }
      after_phase = is_phase;
    }
    return {guess_visits(stage), {.kernel = {}, .flops_per_element = flops}};
  }

  std::span<const Step> steps_;
  ElementType type_;
  int axes_;
  const PlanLimits& limits_;
  const CostFigures& cut_costs_;
  int cut_threads_;
  const PlanSettings& settings_;
  std::vector<Access> accesses_;
  int most_mixed_ = 0;
};

}  // namespace

std::vector<CostedCut> cut_into_tiles(std::span<const Step> steps, ElementType type, int axes, const PlanLimits& limits,
                                      const PlanSettings& settings) {
  return TileChooser(steps, type, axes, limits, settings)();
}

}  // namespace basalt
