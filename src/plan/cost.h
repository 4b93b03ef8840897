// The cost model: how long a stage takes on a machine, in seconds. Speeds of the memory ladder, of arithmetic and of
// waking threads come from what was measured of the machine, and where it was not from the inventory and defaults.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/inventory.h"
#include "basalt/plan.h"
#include "basalt/tune.h"
#include "plan/tile_program.h"
#include "runtime/memory/field.h"

namespace basalt {

/// One rung of the memory ladder. Speeds in bytes read plus written per second.
struct LevelSpeed {
  int level = 0;                                                             ///< Of the cache, from 1; 0: main memory.
  std::uint64_t capacity_bytes = std::numeric_limits<std::uint64_t>::max();  ///< Of one instance.
  int shared_by = 1;                                                         ///< Threads that share one instance.
  double alone = 10e9;                                                       ///< One thread.
  double together = 10e9;                                                    ///< All threads of the job.
};

/// What it costs to wait for each other.
struct BarrierCost {
  int threads = 2;
  double seconds = 2e-6;
};

/// How much of the arithmetic peak a kernel reaches on a tile in cache.
struct KernelShare {
  std::string_view kernel;
  double share = 1;
};

/// Member by member with the source of each in PlanLimits::choices, as choose_costs() gives it.
struct CostFigures {
  std::vector<LevelSpeed> levels{LevelSpeed{}};  ///< From the nearest to memory, which is last and always there.
  double flops_f32 = 50e9;                       ///< Operations per second of one thread; a fused multiply-add is two.
  double flops_f64 = 25e9;
  std::vector<BarrierCost> barriers{};  ///< By ascending threads.
  std::vector<KernelShare> kernels{};   ///< What is not listed reaches `other_share`.
  double other_share = 0.5;
  double run_overhead_bytes = 64;  ///< A run of n bytes of a tile takes as long as n plus this.
  double pass_seconds = 50e-9;     ///< To begin a pass over a tile.
  double hidden_share = 0.7;       ///< Of the lesser of memory's and arithmetic's time, what the greater hides.
};

/// Figures for a job on `threads` threads; adds to `choices` what they are and where they come from. Pure.
CostFigures choose_costs(const Inventory& inventory, const std::optional<CpuFigures>& figures, int threads,
                         std::vector<LimitChoice>& choices);

/// What a stage does, as far as costs go.
struct StageLoad {
  ElementType type = ElementType::c64;
  std::uint64_t tile_axes = 0;  ///< 0: the steps run over the whole field, `bytes` in all.
  std::uint64_t outer_axes = 0;
  double bytes = 0;                ///< Where there are no tiles.
  std::span<const TileWork> work;  ///< Passes over each tile; or steps over the elements of `bytes`.
};

struct StageCost {
  double bytes = 0;  ///< Read plus written, of the field.
  double flops = 0;
  double seconds = 0;
  int threads = 1;  ///< With which it is fastest.
};

/// On at most `threads` threads.
StageCost cost_of_stage(const CostFigures& figures, const StageLoad& load, int threads);

}  // namespace basalt
