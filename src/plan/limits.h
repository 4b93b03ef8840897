// What the planner knows of the hardware: numbers from the inventory and from wisdom, each with its source.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "basalt/inventory.h"
#include "basalt/plan.h"
#include "basalt/tune.h"
#include "plan/cost.h"

namespace basalt {

/// From `bytes` of traffic on, `threads` threads are worth waking.
struct ThreadStep {
  int threads = 1;
  std::uint64_t bytes = 0;
};

/// Euler steps of a pattern's plane in one visit of memory, where its species take more than `from_bytes`.
struct PlaneSteps {
  std::uint64_t steps = 16;
  std::uint64_t from_bytes = std::uint64_t{48} << 20;
  double gain = 1.6;  ///< Their speed over that of one step a visit.
  std::string source = "default";
};

/// No tile is larger: memory for tiles is set aside before the plan is known.
inline constexpr std::uint64_t kMostTileBytes = std::uint64_t{1} << 20;

struct PlanLimits {
  int threads = 1;
  std::uint64_t cache_line_bytes = 64;
  std::uint64_t serial_bytes = std::uint64_t{256} << 10;  ///< Steps that move less run on one thread.
  std::uint64_t piece_bytes = std::uint64_t{4} << 20;     ///< Work is cut into pieces of about this much traffic ...
  int pieces_per_thread = 4;                              ///< ... and at least this many for each thread.
  std::vector<ThreadStep> thread_steps = {};              ///< Between serial_bytes and all threads; ascending.
  std::uint64_t tile_bytes = std::uint64_t{256} << 10;    ///< Of a field, resident in a thread's own cache.
  /// Arrays larger than this are written around the caches where they are not read soon; by default none is.
  std::uint64_t streaming_bytes = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t prefetch_bytes = std::uint64_t{4} << 10;  ///< How far ahead of a sweep memory is asked for.
  bool pin_threads = false;                               ///< Each thread stays on one core.
  std::string instruction_set = {};                       ///< For kernels; empty: the best that there is.
  PlaneSteps plane = {};
  CostFigures costs = {};  ///< What predictions rely on.
  /// For whom stages are cut: all processors of the machine, so that amplitudes are the same to the last bit on any
  /// number of threads. 0: for `threads`, by `costs`.
  int cut_threads = 0;
  CostFigures cut_costs = {};
  std::vector<LimitChoice> choices = {};  ///< All of the above that was chosen, for `basalt plan`.
};

/// Limits for a job on `threads` threads (at least 1). Pure: the same machine and figures give the same limits. Numbers
/// that were measured win over those of the inventory, and those over defaults.
PlanLimits choose_limits(const Inventory& inventory, const std::optional<CpuFigures>& figures, int threads);

}  // namespace basalt
