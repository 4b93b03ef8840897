#include "plan/visits.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "plan/cut.h"

namespace basalt {
namespace {

/// A visit takes seconds: the search for few of them may take a hundredth of one.
constexpr double kSearchShare = 0.01;
constexpr double kLookSeconds = 3e-9;
constexpr double kLeastLooksPerStep = 256;
constexpr double kMostLooks = 1 << 26;

constexpr std::uint64_t low_bits(int count) {
  return (std::uint64_t{1} << count) - 1;
}

/// Where each axis lies in a tile of `tile_axes`, and in what numbers the tiles.
std::vector<std::uint8_t> places_in_tile(std::uint64_t tile_axes, int axes) {
  std::vector<std::uint8_t> place(static_cast<std::size_t>(axes));
  std::uint8_t next = 0;
  for (const bool inside : {true, false}) {
    for (int axis = 0; axis < axes; ++axis) {
      if (((tile_axes >> axis & 1) != 0) == inside) {
        place[static_cast<std::size_t>(axis)] = next++;
      }
    }
  }
  return place;
}

class VisitPlanner {
 public:
  VisitPlanner(const Program& program, ElementType type, int axes, const VisitLimits& limits, VisitSettings settings)
      : program_(program), type_(type), axes_(axes), limits_(limits), settings_(std::move(settings)) {}

  Plan operator()() {
    if (program_.steps.empty()) {
      return {};
    }
    std::vector<Access> accesses;
    accesses.reserve(program_.steps.size());
    for (const Step& step : program_.steps) {
      accesses.push_back(step.access);
    }
    const double sweep_seconds = 2.0 * static_cast<double>(field_bytes(type_, axes_)) / limits_.both_bytes_per_second;
    const double looks = std::clamp(kSearchShare * sweep_seconds / kLookSeconds,
                                    kLeastLooksPerStep * static_cast<double>(accesses.size()), kMostLooks);
    Plan plan;
    for (StageCut& cut : cut_stages(accesses, {.field_axes = axes_,
                                              .tile_axes = limits_.tile_axes,
                                              .low_axes = limits_.chunk_axes,
                                              .touched_axes = settings_.touched_axes,
                                              .effort = static_cast<std::uint64_t>(looks)})) {
      plan.add(costed(std::move(cut)));
    }
    return plan;
  }

 private:
  Stage costed(StageCut cut) {
    Stage stage{.steps = std::move(cut.steps), .tile_axes = cut.tile_axes, .outer_axes = cut.outer_axes};
    const Visit visit = plan_visit(program_, stage, axes_, settings_);
    std::uint64_t& touched = settings_.touched_axes;
    const double read_bytes = bytes_of_chunks(touched);
    for (const std::uint32_t step : stage.steps) {
      touched |= program_.steps[step].access.mixes;
    }
    const double written_bytes = bytes_of_chunks(touched);
    const double tiles = std::exp2(std::popcount(stage.outer_axes));
    const double move_seconds = seconds_of(read_bytes, written_bytes);
    const double work_seconds = tiles * visit.predicted_seconds;
    stage.pieces = std::uint64_t{1} << std::popcount(stage.outer_axes);
    stage.predicted_bytes = read_bytes + written_bytes;
    stage.predicted_flops = tiles * visit.predicted_flops;
    // at either end of a visit there is a tile that is only moved, or only worked on
    stage.predicted_seconds = limits_.buffers > 1
                                  ? std::max(move_seconds, work_seconds) + std::min(move_seconds, work_seconds) / tiles
                                  : move_seconds + work_seconds;
    return stage;
  }

  /// That are not known to be zeros.
  [[nodiscard]] double bytes_of_chunks(std::uint64_t touched) const {
    const int far = std::popcount(touched & low_bits(axes_) & ~low_bits(limits_.chunk_axes));
    return std::exp2(limits_.chunk_axes + far) * static_cast<double>(element_bytes(type_));
  }

  [[nodiscard]] double seconds_of(double read_bytes, double written_bytes) const {
    const double paired = std::min(read_bytes, written_bytes);
    return 2 * paired / limits_.both_bytes_per_second + (read_bytes - paired) / limits_.read_bytes_per_second +
           (written_bytes - paired) / limits_.write_bytes_per_second;
  }

  const Program& program_;
  ElementType type_;
  int axes_;
  const VisitLimits& limits_;
  VisitSettings settings_;  ///< Its touched axes are those of the stages so far.
};

}  // namespace

Plan make_visit_plan(const Program& program, ElementType type, int axes, const VisitLimits& limits,
                     const VisitSettings& settings) {
  return VisitPlanner(program, type, axes, limits, settings)();
}

Visit plan_visit(const Program& program, const Stage& stage, int axes, const VisitSettings& settings) {
  const std::vector<std::uint8_t> place = places_in_tile(stage.tile_axes, axes);
  const int tile_axes = std::popcount(stage.tile_axes);
  const std::uint64_t inside = low_bits(tile_axes);
  Visit visit;
  Program tile;  // as if there were no axes outside
  for (const std::uint32_t index : stage.steps) {
    Step step = settings.move(program.steps[index], place);
    visit.program.steps.push_back(step);
    step.access.reads &= inside;
    step.access.fixed &= inside;
    tile.steps.push_back(std::move(step));
  }
  std::uint64_t touched = 0;
  for (std::uint64_t rest = settings.touched_axes & low_bits(axes); rest != 0; rest &= rest - 1) {
    touched |= std::uint64_t{1} << place[static_cast<std::size_t>(std::countr_zero(rest))];
  }
  Plan plan = settings.plan_tile(tile, tile_axes, touched & inside);
  visit.stages = std::move(plan.stages);
  visit.predicted_flops = plan.predicted_flops;
  visit.predicted_seconds = plan.predicted_seconds;
  return visit;
}

}  // namespace basalt
