// Plan: a program cut into stages, with what each is predicted to move. Plain data; making it touches no device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "plan/limits.h"
#include "plan/program.h"
#include "plan/tile_program.h"
#include "runtime/memory/field.h"

namespace basalt {

/// Two axes of a field that is split over several memories change places: one inside of the parts, and one that numbers
/// them. Half of the field goes from part to part.
struct AxisSwap {
  int inside = 0;
  int outside = 0;
  friend bool operator==(const AxisSwap&, const AxisSwap&) = default;
};

/// A run of steps that are local to one choice of tile: a tile is gathered once, all steps are applied to it, and it is
/// stored once. Or swaps of axes, of a field that is split.
struct Stage {
  std::vector<std::uint32_t> steps;  ///< Indices into the program, in the order in which they are applied.
  /// The axes that a tile spans; one bit per axis. 0: the steps run over the whole field, each by its own kernel.
  std::uint64_t tile_axes = 0;
  /// The axes over which tiles are enumerated. Where an axis in neither mask is 1, the field holds zeros only.
  std::uint64_t outer_axes = 0;
  std::uint64_t pieces = 1;       ///< Into how many parts the work is cut.
  std::vector<AxisSwap> swaps{};  ///< In order; a stage that has some has no steps.
  double predicted_bytes = 0;     ///< Read plus written, of the field.
  double predicted_flops = 0;     ///< A fused multiply-add counts as two.
  double predicted_seconds = 0;   ///< 0: unknown.
  double prepare_seconds = 0;     ///< Of these, what compiling it takes.
};

struct Plan {
  std::vector<Stage> stages;
  double predicted_bytes = 0;
  double predicted_flops = 0;
  double predicted_seconds = 0;

  void add(Stage stage);
  /// Of stages that have been compiled.
  void forget_preparing();
};

/// What a plan needs to know besides the program and the machine.
struct PlanSettings {
  /// The field holds zeros where an axis outside of this is 1. 0: only its first element differs from zero.
  std::uint64_t touched_axes = ~std::uint64_t{0};
  /// Without `compile`, nothing runs in tiles; without `describe`, costs are those of the steps.
  TileCompiler tiles = {};
  bool (*runs_in_tiles)(std::string_view kernel) = nullptr;  ///< Steps of other kernels run over the whole field.
};

/// Cuts a program into stages for a field of 2^axes elements. Tiles, threads and the order of steps are those that the
/// cost model of `limits` predicts to be fastest, as far as a search finds them that takes about a hundredth of the
/// predicted time. Pure: the same input gives the same plan.
Plan make_plan(const Program& program, ElementType type, int axes, const PlanLimits& limits,
               const PlanSettings& settings = {});

}  // namespace basalt
