#include "plan/choose_tiles.h"

#include <algorithm>
#include <bit>

namespace basalt {
namespace {

/// Of the predicted time of execution, what the search may take.
constexpr double kSearchShare = 0.01;
/// About what it takes to look at an operation once, and to have a step described.
constexpr double kLookSeconds = 2e-9;
constexpr double kDescribeSeconds = 0.5e-6;
constexpr double kMostEffort = 1 << 26;

/// Runs of this many lines of the cache are long enough for memory to be read at full speed.
constexpr int kLongRunAxes = 2;

struct Shape {
  int tile_axes = 0;
  int low_axes = 0;
};

struct Candidate {
  Shape shape;
  std::vector<CostedCut> cuts;
  double seconds = 0;
};

class TileChooser {
 public:
  TileChooser(std::span<const Step> steps, ElementType type, int axes, const PlanLimits& limits,
              const PlanSettings& settings)
      : steps_(steps), type_(type), axes_(axes), limits_(limits), settings_(settings) {
    accesses_.reserve(steps.size());
    for (const Step& step : steps) {
      accesses_.push_back(step.access);
      most_mixed_ = std::max(most_mixed_, std::popcount(step.access.mixes));
    }
  }

  std::vector<CostedCut> operator()() {
    const int usual = axes_in(limits_.tile_bytes);
    const int line_axes = axes_in(limits_.cache_line_bytes);
    Candidate best = evaluate({.tile_axes = usual, .low_axes = line_axes + kLongRunAxes}, 0);
    if (usual >= axes_) {
      return std::move(best.cuts);
    }
    const double budget_seconds = kSearchShare * best.seconds;
    const double budget = std::min(budget_seconds / kLookSeconds, kMostEffort);
    const double describe_seconds = kDescribeSeconds * static_cast<double>(steps_.size());
    // Half of the search is for the shape, half for the cut of the best one.
    const std::vector<Shape> shapes = other_shapes(usual, line_axes);
    const auto affordable =
        static_cast<std::size_t>(std::min(budget_seconds / 2 / describe_seconds, static_cast<double>(shapes.size())));
    for (const Shape& shape : std::span(shapes).first(affordable)) {
      Candidate other = evaluate(shape, budget / 2 / static_cast<double>(affordable));
      if (other.seconds < best.seconds) {
        best = std::move(other);
      }
    }
    if (budget >= static_cast<double>(steps_.size())) {
      Candidate other = evaluate(best.shape, budget / 2);
      if (other.seconds < best.seconds) {
        best = std::move(other);
      }
    }
    return std::move(best.cuts);
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

  [[nodiscard]] Candidate evaluate(Shape shape, double effort) const {
    shape.tile_axes = std::min({shape.tile_axes, axes_in(kMostTileBytes), axes_});
    shape.tile_axes = std::min(std::max(shape.tile_axes, shape.low_axes + most_mixed_), axes_);
    shape.low_axes = std::min(shape.low_axes, axes_);
    Candidate candidate{.shape = shape, .cuts = {}};
    std::vector<StageCut> cuts = cut_stages(accesses_, {.field_axes = axes_,
                                                        .tile_axes = shape.tile_axes,
                                                        .low_axes = shape.low_axes,
                                                        .touched_axes = settings_.touched_axes,
                                                        .effort = static_cast<std::uint64_t>(effort)});
    candidate.cuts.reserve(cuts.size());
    for (StageCut& cut : cuts) {
      const StageCost cost = cost_of(cut);
      candidate.seconds += cost.seconds;
      candidate.cuts.push_back({.cut = std::move(cut), .cost = cost});
    }
    return candidate;
  }

  [[nodiscard]] StageCost cost_of(const StageCut& cut) const {
    std::vector<const Step*> steps;
    steps.reserve(cut.steps.size());
    for (const std::uint32_t step : cut.steps) {
      steps.push_back(&steps_[step]);
    }
    const std::vector<TileWork> work = describe(steps, {.type = type_, .axes = cut.tile_axes});
    return cost_of_stage(
        limits_.costs,
        {.type = type_, .tile_axes = cut.tile_axes, .outer_axes = cut.outer_axes, .bytes = 0, .work = work},
        limits_.threads);
  }

  [[nodiscard]] std::vector<TileWork> describe(std::span<const Step* const> steps, const TileShape& shape) const {
    if (settings_.tiles.describe != nullptr) {
      return settings_.tiles.describe(steps, shape);
    }
    std::vector<TileWork> work;
    work.reserve(steps.size());
    for (const Step* step : steps) {
      work.push_back({.kernel = step->kernel, .flops_per_element = step->flops_per_element * visited_share(*step, 0)});
    }
    return work;
  }

  std::span<const Step> steps_;
  ElementType type_;
  int axes_;
  const PlanLimits& limits_;
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
