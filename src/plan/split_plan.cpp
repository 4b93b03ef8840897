#include "plan/split_plan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "plan/cut.h"

namespace basalt {
namespace {

/// A swap takes as long as many a visit of the parts, so that the search for few of them may look around.
constexpr std::uint64_t kLooksPerStep = 256;

class SplitPlanner {
 public:
  SplitPlanner(const Program& program, ElementType type, const DeviceLimits& limits, const SplitLimits& split,
               const SplitSettings& settings)
      : program_(program),
        type_(type),
        limits_(limits),
        split_(split),
        settings_(settings),
        places_(settings.places),
        axes_(static_cast<int>(places_.place.size())),
        inside_((std::uint64_t{1} << split.part_axes) - 1) {}

  Plan operator()() {
    if (program_.steps.empty()) {
      return {};
    }
    cut_segments();
    for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
      bring_inside(segment);
      add_segment(segments_[segment]);
    }
    return std::move(result_);
  }

 private:
  /// Steps between two swaps.
  struct Segment {
    std::vector<std::uint32_t> steps;
    std::uint64_t mixed = 0;  ///< Axes.
  };

  void cut_segments() {
    std::vector<Access> accesses;
    accesses.reserve(program_.steps.size());
    for (const Step& step : program_.steps) {
      accesses.push_back(step.access);
    }
    for (StageCut& cut : cut_stages(accesses, {.field_axes = axes_,
                                              .tile_axes = split_.part_axes,
                                              .low_axes = split_.held_axes,
                                              .touched_axes = touched_axes(),
                                              .effort = kLooksPerStep * accesses.size()})) {
      Segment& segment = segments_.emplace_back();
      segment.steps = std::move(cut.steps);
      for (const std::uint32_t step : segment.steps) {
        segment.mixed |= program_.steps[step].access.mixes;
      }
    }
  }

  [[nodiscard]] std::uint64_t touched_axes() const {
    std::uint64_t axes = 0;
    for (int axis = 0; axis < axes_; ++axis) {
      axes |= (places_.touched >> place_of(axis) & 1) << axis;
    }
    return axes;
  }

  [[nodiscard]] int place_of(int axis) const { return places_.place[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] bool is_inside(int axis) const { return place_of(axis) < split_.part_axes; }

  /// In whose place an axis comes that `segment` mixes: the axis that is wanted again last of all, and of several such
  /// the one at the highest place, whose halves lie in the longest runs.
  [[nodiscard]] int choose_leaving(std::size_t segment) const {
    int best = -1;
    std::pair<std::size_t, int> best_rank;
    for (int axis = 0; axis < axes_; ++axis) {
      const bool may_leave = is_inside(axis) && place_of(axis) >= split_.held_axes;
      if (!may_leave || (segments_[segment].mixed >> axis & 1) != 0) {
        continue;
      }
      std::size_t wanted = segment + 1;
      while (wanted < segments_.size() && (segments_[wanted].mixed >> axis & 1) == 0) {
        ++wanted;
      }
      const std::pair rank{wanted, place_of(axis)};
      if (best < 0 || rank > best_rank) {
        best = axis;
        best_rank = rank;
      }
    }
    return best;
  }

  void bring_inside(std::size_t segment) {
    Stage stage;
    for (std::uint64_t rest = segments_[segment].mixed; rest != 0; rest &= rest - 1) {
      const int axis = std::countr_zero(rest);
      if (is_inside(axis)) {
        continue;
      }
      const AxisSwap swap{.inside = place_of(choose_leaving(segment)), .outside = place_of(axis)};
      const std::uint64_t both = std::uint64_t{1} << swap.inside | std::uint64_t{1} << swap.outside;
      if ((places_.touched & both) != 0) {
        // half of every part leaves it, and as much enters
        const double part_bytes = std::exp2(split_.part_axes) * static_cast<double>(element_bytes(type_));
        stage.predicted_bytes += part_bytes * std::exp2(axes_ - split_.part_axes);
        stage.predicted_seconds += split_.swap_seconds + part_bytes / 2 / split_.swap_bytes_per_second;
      }
      places_.swap(swap);
      stage.swaps.push_back(swap);
    }
    if (!stage.swaps.empty()) {
      result_.add(std::move(stage));
    }
  }

  /// As a plan for each of the parts.
  void add_segment(const Segment& segment) {
    Program part;
    for (const std::uint32_t index : segment.steps) {
      Step& inside = part.steps.emplace_back(settings_.move(program_.steps[index], places_.place));
      inside.access.reads &= inside_;
      inside.access.fixed &= inside_;
    }
    const double parts = std::exp2(std::popcount(places_.touched & ~inside_));
    Plan plan = make_device_plan(part, type_, std::max(split_.part_axes, limits_.tile_axes), limits_,
                                 {.touched_axes = places_.touched & inside_, .describe = settings_.describe});
    for (Stage& stage : plan.stages) {
      for (std::uint32_t& step : stage.steps) {
        step = segment.steps[step];
      }
      stage.predicted_bytes *= parts;
      stage.predicted_flops *= parts;
      result_.add(std::move(stage));
    }
    places_.touched |= places_.places_of(segment.mixed);
  }

  const Program& program_;
  ElementType type_;
  const DeviceLimits& limits_;
  const SplitLimits& split_;
  const SplitSettings& settings_;
  AxisPlaces places_;
  int axes_;
  std::uint64_t inside_;  ///< The places of the parts.
  std::vector<Segment> segments_;
  Plan result_;
};

}  // namespace

AxisPlaces AxisPlaces::identity(int axes) {
  AxisPlaces result;
  result.place.resize(static_cast<std::size_t>(axes));
  std::iota(result.place.begin(), result.place.end(), std::uint8_t{0});
  return result;
}

std::uint64_t AxisPlaces::places_of(std::uint64_t axes) const noexcept {
  std::uint64_t places = 0;
  for (; axes != 0; axes &= axes - 1) {
    places |= std::uint64_t{1} << place[static_cast<std::size_t>(std::countr_zero(axes))];
  }
  return places;
}

bool AxisPlaces::is_identity() const noexcept {
  return std::ranges::is_sorted(place);
}

void AxisPlaces::swap(AxisSwap places) noexcept {
  for (std::uint8_t& at : place) {
    if (at == places.inside) {
      at = static_cast<std::uint8_t>(places.outside);
    } else if (at == places.outside) {
      at = static_cast<std::uint8_t>(places.inside);
    }
  }
  const std::uint64_t changed = (touched >> places.inside ^ touched >> places.outside) & 1;
  touched ^= changed << places.inside | changed << places.outside;
}

Plan make_split_plan(const Program& program, ElementType type, const DeviceLimits& limits, const SplitLimits& split,
                     const SplitSettings& settings) {
  return SplitPlanner(program, type, limits, split, settings)();
}

}  // namespace basalt
