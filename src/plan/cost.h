// The cost model: how long a stage takes on a machine, in seconds. Speeds of the memory ladder, of arithmetic and of
// waking threads come from what was measured of the machine, and where it was not from the inventory and defaults.
#pragma once

#include <algorithm>
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

/// A speed that threads share: hardware threads share a core, cores a cache and memory.
struct SharedSpeed {
  double alone = 0;     ///< One thread.
  double together = 0;  ///< All threads of the job.

  [[nodiscard]] double of(int threads) const noexcept { return std::min(alone * threads, std::max(alone, together)); }
};

/// One rung of the memory ladder.
struct LevelSpeed {
  int level = 0;                                                             ///< Of the cache, from 1; 0: main memory.
  std::uint64_t capacity_bytes = std::numeric_limits<std::uint64_t>::max();  ///< Of one instance.
  int shared_by = 1;                                                         ///< Threads that share one instance.
  SharedSpeed speed{10e9, 10e9};  ///< Bytes read plus written per second, in place.
};

/// What it costs to wait for each other.
struct BarrierCost {
  int threads = 2;
  double seconds = 2e-6;
};

/// What choose_costs() chose has its source in PlanLimits::choices; the other members are what was measured on one
/// processor, and hold elsewhere as far as processors are alike.
struct CostFigures {
  std::vector<LevelSpeed> levels{LevelSpeed{}};  ///< From the nearest to memory, which is last and always there.
  SharedSpeed flops_f32{50e9, 50e9};             ///< Operations per second; a fused multiply-add is two.
  SharedSpeed flops_f64{25e9, 25e9};
  std::vector<BarrierCost> barriers{};  ///< By ascending threads.
  double usual_share = 0.5;             ///< Of the arithmetic peak, what work reaches that does not say.
  /// A tile is read and stored in runs that are contiguous in the field. To go to another run takes as long as to move
  /// this many bytes, and to go to another page as long as to move that many more.
  double run_overhead_bytes = 40;
  double page_overhead_bytes = 500;
  double pass_seconds = 50e-9;    ///< To begin a pass over a tile.
  double stage_seconds = 0.5e-6;  ///< To begin a stage, on one thread.
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
  double prepare_seconds = 0;  ///< Of these, before the first tile.
  int threads = 1;             ///< With which it is fastest.
};

/// On at most `threads` threads.
StageCost cost_of_stage(const CostFigures& figures, const StageLoad& load, int threads);

}  // namespace basalt
