#include "plan/device_stages.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>
#include <vector>

#include "plan/cut.h"

namespace basalt {
namespace {

/// Seconds that the search takes for one look at an operation, and the share of the run that it may take.
constexpr double kLookSeconds = 3e-9;
constexpr double kSearchShare = 0.1;

class DevicePlanner {
 public:
  DevicePlanner(const Program& program, ElementType type, int axes, const DeviceLimits& limits,
                const DeviceSettings& settings)
      : program_(program), type_(type), axes_(axes), limits_(limits), settings_(settings) {
    accesses_.reserve(program.steps.size());
    for (const Step& step : program.steps) {
      accesses_.push_back(step.access);
    }
  }

  Plan operator()() {
    if (accesses_.empty()) {
      return {};
    }
    Plan plan = cut(16 * accesses_.size());
    const double looks = kSearchShare * plan.predicted_seconds / kLookSeconds;
    if (plan.stages.size() > 1 && looks > 64.0 * static_cast<double>(accesses_.size())) {
      Plan searched = cut(static_cast<std::uint64_t>(looks));
      if (searched.predicted_seconds < plan.predicted_seconds) {
        plan = std::move(searched);
      }
    }
    return plan;
  }

 private:
  [[nodiscard]] Plan cut(std::uint64_t effort) const {
    Plan plan;
    for (StageCut& stage : cut_stages(accesses_, {.field_axes = axes_,
                                                 .tile_axes = limits_.tile_axes,
                                                 .low_axes = limits_.low_axes,
                                                 .touched_axes = settings_.touched_axes,
                                                 .effort = effort})) {
      add(plan, std::move(stage));
    }
    return plan;
  }

  void add(Plan& plan, StageCut cut) const {
    Stage stage{.steps = std::move(cut.steps), .tile_axes = cut.tile_axes, .outer_axes = cut.outer_axes};
    const double elements = std::exp2(std::popcount(stage.tile_axes) + std::popcount(stage.outer_axes));
    DeviceTileWork work;
    if (settings_.describe != nullptr) {
      std::vector<const Step*> steps;
      steps.reserve(stage.steps.size());
      for (const std::uint32_t step : stage.steps) {
        steps.push_back(&program_.steps[step]);
      }
      work = settings_.describe(steps, type_, stage.tile_axes);
    }
    stage.predicted_bytes = 2 * elements * static_cast<double>(element_bytes(type_));
    stage.predicted_flops = elements * work.flops_per_element;
    const double sweep = stage.predicted_bytes / limits_.bytes_per_second;
    const double arithmetic = stage.predicted_flops / limits_.flops_per_second;
    const double of_a_tile = static_cast<double>(stage.steps.size()) * limits_.tile_step_seconds +
                             work.flops_per_element * limits_.tile_flop_seconds +
                             work.transpositions * limits_.tile_transposition_seconds;
    stage.predicted_seconds = limits_.stage_seconds + sweep * (1 + work.transpositions * limits_.transposition_sweeps) +
                              arithmetic + of_a_tile;
    plan.add(std::move(stage));
  }

  const Program& program_;
  ElementType type_;
  int axes_;
  const DeviceLimits& limits_;
  const DeviceSettings& settings_;
  std::vector<Access> accesses_;
};

}  // namespace

Plan make_device_plan(const Program& program, ElementType type, int axes, const DeviceLimits& limits,
                      const DeviceSettings& settings) {
  return DevicePlanner(program, type, axes, limits, settings)();
}

}  // namespace basalt
