#include "plan/plan.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <span>
#include <utility>

#include "plan/choose_tiles.h"
#include "plan/cost.h"

namespace basalt {
namespace {

/// Into how many parts that may run at the same time work is cut that moves `bytes` and is best done by `threads`.
std::uint64_t count_pieces(double bytes, int threads, const PlanLimits& limits) {
  const auto by_size = static_cast<std::uint64_t>(bytes / static_cast<double>(limits.piece_bytes));
  if (threads > 1 && threads < limits.threads) {
    // One piece each for the threads that are worth waking: a piece more would wake another.
    return std::bit_floor(std::max(static_cast<std::uint64_t>(threads), by_size));
  }
  const auto by_threads = static_cast<std::uint64_t>(threads) * limits.pieces_per_thread;
  // A power of two keeps the edges of pieces on the edges of aligned blocks.
  return std::bit_ceil(std::max<std::uint64_t>({by_size, threads == 1 ? 1 : by_threads, 1}));
}

/// How many threads are worth waking to move `bytes`.
int threads_for(double bytes, const PlanLimits& limits) {
  if (bytes <= static_cast<double>(limits.serial_bytes)) {
    return 1;
  }
  const auto too_much = std::ranges::find_if(
      limits.thread_steps, [&](const ThreadStep& step) { return bytes <= static_cast<double>(step.bytes); });
  return too_much == limits.thread_steps.end() || too_much == limits.thread_steps.begin()
             ? limits.threads
             : std::min(std::prev(too_much)->threads, limits.threads);
}

class Planner {
 public:
  Planner(const Program& program, ElementType type, int axes, const PlanLimits& limits, const PlanSettings& settings)
      : program_(program), type_(type), axes_(axes), limits_(limits), settings_(settings) {}

  Plan operator()() {
    const std::span<const Step> steps = program_.steps;
    for (std::size_t first = 0; first < steps.size();) {
      std::size_t end = first;
      while (end < steps.size() && runs_in_tiles(steps[end])) {
        ++end;
      }
      if (end == first) {
        add_whole_field(static_cast<std::uint32_t>(first));
        ++end;
      } else {
        add_tiles(steps.subspan(first, end - first), static_cast<std::uint32_t>(first));
      }
      first = end;
    }
    return std::move(plan_);
  }

 private:
  [[nodiscard]] bool runs_in_tiles(const Step& step) const {
    return settings_.tiles.compile != nullptr &&
           (settings_.runs_in_tiles == nullptr || settings_.runs_in_tiles(step.kernel));
  }

  void add_whole_field(std::uint32_t index) {
    const Step& step = program_.steps[index];
    const int line_axes = std::bit_width(limits_.cache_line_bytes / element_bytes(type_)) - 1;
    const double bytes = 2.0 * static_cast<double>(field_bytes(type_, axes_)) * visited_share(step, line_axes);
    const TileWork work{.kernel = step.kernel, .flops_per_element = step.flops_per_element};
    const StageCost cost = cost_of_stage(
        limits_.costs, {.type = type_, .tile_axes = 0, .outer_axes = 0, .bytes = bytes, .work = {&work, 1}},
        threads_for(bytes, limits_));
    add({.steps = {index}, .pieces = count_pieces(bytes, threads_for(bytes, limits_), limits_)}, cost);
    settings_.touched_axes |= step.access.mixes;
  }

  void add_tiles(std::span<const Step> steps, std::uint32_t first) {
    const int axes = std::max(axes_, kMinFieldAxes);
    for (CostedCut& costed : cut_into_tiles(steps, type_, axes, limits_, settings_)) {
      StageCut& cut = costed.cut;
      for (std::uint32_t& step : cut.steps) {
        settings_.touched_axes |= steps[step].access.mixes;
        step += first;
      }
      const std::uint64_t tiles = std::uint64_t{1} << std::popcount(cut.outer_axes);
      add({.steps = std::move(cut.steps),
           .tile_axes = cut.tile_axes,
           .outer_axes = cut.outer_axes,
           .pieces = std::min(count_pieces(costed.cost.bytes, costed.cost.threads, limits_), tiles)},
          costed.cost);
    }
  }

  void add(Stage stage, const StageCost& cost) {
    stage.predicted_bytes = cost.bytes;
    stage.predicted_flops = cost.flops;
    stage.predicted_seconds = cost.seconds;
    stage.prepare_seconds = cost.prepare_seconds;
    plan_.add(std::move(stage));
  }

  const Program& program_;
  ElementType type_;
  int axes_;
  const PlanLimits& limits_;
  PlanSettings settings_;  ///< Its touched axes are those of the stages so far.
  Plan plan_;
};

}  // namespace

void Plan::add(Stage stage) {
  predicted_bytes += stage.predicted_bytes;
  predicted_flops += stage.predicted_flops;
  predicted_seconds += stage.predicted_seconds;
  stages.push_back(std::move(stage));
}

void Plan::forget_preparing() {
  predicted_seconds = 0;
  for (Stage& stage : stages) {
    stage.predicted_seconds -= std::exchange(stage.prepare_seconds, 0);
    predicted_seconds += stage.predicted_seconds;
  }
}

Plan make_plan(const Program& program, ElementType type, int axes, const PlanLimits& limits,
               const PlanSettings& settings) {
  return Planner(program, type, axes, limits, settings)();
}

}  // namespace basalt
