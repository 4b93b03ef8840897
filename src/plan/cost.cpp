#include "plan/cost.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace basalt {
namespace {

/// A working set of this share of a cache begins to fall out of it; one of all of it has fallen out.
constexpr double kCacheShare = 0.25;

/// Pages as the processor's own prefetchers and most of its address translation see them.
constexpr std::uint64_t kPageBytes = 4096;

/// Times that differ by less are the same.
constexpr double kAsGood = 1.005;

/// Hardware threads of one core share its own caches.
constexpr int kThreadsOfCore = 2;

/// What of a cache the field has that `threads` threads work on together. A core's own cache is of use for that only if
/// there is no other.
double capacity_for_field(const LevelSpeed& level, int threads) {
  if (level.level == 0) {
    return static_cast<double>(level.capacity_bytes);
  }
  if (level.shared_by <= kThreadsOfCore && threads > 1) {
    return 0;
  }
  const int instances = (threads + level.shared_by - 1) / level.shared_by;
  return static_cast<double>(level.capacity_bytes) * instances;
}

/// What of a cache each thread has for a tile of its own.
double capacity_for_tile(const LevelSpeed& level, int threads) {
  return static_cast<double>(level.capacity_bytes) / std::min(level.shared_by, threads);
}

/// Seconds for all `threads` threads together to move a byte of a working set that they visit again and again.
double seconds_per_byte(const std::vector<LevelSpeed>& levels, double working_set, int threads,
                        double (*capacity)(const LevelSpeed&, int)) {
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double room = capacity(levels[i], threads);
    if (working_set < room) {
      const double here = 1 / levels[i].speed.of(threads);
      const double further = 1 / levels[i + 1].speed.of(threads);
      const double outside = std::max(working_set / room - kCacheShare, 0.0) / (1 - kCacheShare);
      return here + outside * (further - here);
    }
  }
  return 1 / levels.back().speed.of(threads);
}

double barrier_seconds(const CostFigures& figures, int threads) {
  if (threads == 1 || figures.barriers.empty()) {
    return 0;
  }
  const auto enough =
      std::ranges::find_if(figures.barriers, [&](const BarrierCost& cost) { return cost.threads >= threads; });
  return enough == figures.barriers.end() ? figures.barriers.back().seconds : enough->seconds;
}

/// A stage in numbers.
struct Extent {
  double elements = 0;
  double tiles = 1;
  double tile_bytes = 0;  ///< 0: no tiles.
  double bytes = 0;       ///< Read plus written, of the field.
  double weight = 1;      ///< How many times as long as the bytes themselves their places in memory make it take.
};

Extent extent_of(const CostFigures& figures, const StageLoad& load) {
  const auto element = static_cast<double>(element_bytes(load.type));
  if (load.tile_axes == 0) {
    return {.elements = load.bytes / (2 * element), .bytes = load.bytes};
  }
  Extent extent;
  extent.tiles = std::exp2(std::popcount(load.outer_axes));
  extent.tile_bytes = element * std::exp2(std::popcount(load.tile_axes));
  extent.elements = extent.tiles * extent.tile_bytes / element;
  extent.bytes = 2 * extent.tiles * extent.tile_bytes;
  const double run_bytes = element * std::exp2(std::countr_one(load.tile_axes));
  const std::uint64_t in_page = load.tile_axes & (kPageBytes / element_bytes(load.type) - 1);
  extent.weight += figures.run_overhead_bytes / run_bytes +
                   figures.page_overhead_bytes / (element * std::exp2(std::popcount(in_page)));
  return extent;
}

/// All passes over all tiles, on `threads` threads that always have something to do.
double passes_seconds(const CostFigures& figures, const StageLoad& load, const Extent& extent, int threads) {
  const SharedSpeed& peak = load.type == ElementType::c64 ? figures.flops_f32 : figures.flops_f64;
  const double per_byte = seconds_per_byte(figures.levels, extent.tile_bytes, threads, capacity_for_tile);
  double seconds = 0;
  for (const TileWork& work : load.work) {
    const double share = work.peak_share > 0 ? work.peak_share : figures.usual_share;
    seconds += extent.elements * std::max(work.flops_per_element / (peak.of(threads) * share),
                                          work.cache_bytes_per_element * per_byte) +
               extent.tiles * figures.pass_seconds / threads + work.prepare_seconds;
  }
  return seconds;
}

double seconds_on(const CostFigures& figures, const StageLoad& load, const Extent& extent, int threads) {
  // No more threads than tiles find something to do.
  const int busy = load.tile_axes != 0 ? static_cast<int>(std::min<double>(threads, extent.tiles)) : threads;
  const double passes = passes_seconds(figures, load, extent, busy);
  const double barrier = barrier_seconds(figures, threads);
  if (load.tile_axes != 0 && extent.tiles == 1) {
    return figures.stage_seconds + passes + barrier;  // what is in the cache stays there
  }
  const double moved = extent.bytes * extent.weight;
  const double memory = moved * seconds_per_byte(figures.levels, extent.bytes / 2, busy, capacity_for_field);
  if (load.tile_axes == 0) {
    return figures.stage_seconds + std::max(memory, passes) + barrier;
  }
  // A thread first has its tile read, then works on it, then has it stored; meanwhile others use the memory.
  const double alone = moved * seconds_per_byte(figures.levels, extent.bytes / 2, 1, capacity_for_field) / busy;
  const double copies = extent.bytes * seconds_per_byte(figures.levels, extent.tile_bytes, busy, capacity_for_tile);
  return figures.stage_seconds + std::max(memory, alone + copies + passes) + barrier;
}

}  // namespace

StageCost cost_of_stage(const CostFigures& figures, const StageLoad& load, int threads) {
  const Extent extent = extent_of(figures, load);
  StageCost cost{.bytes = extent.bytes, .seconds = seconds_on(figures, load, extent, 1)};
  for (const TileWork& work : load.work) {
    cost.flops += work.flops_per_element * extent.elements;
    cost.prepare_seconds += work.prepare_seconds;
  }
  for (int count = 2; count <= threads; count = count == threads ? threads + 1 : std::min(2 * count, threads)) {
    // Where memory is the limit more threads are no faster, but they are there, and their caches with them.
    if (const double seconds = seconds_on(figures, load, extent, count); seconds < kAsGood * cost.seconds) {
      cost.seconds = seconds;
      cost.threads = count;
    }
  }
  return cost;
}

}  // namespace basalt
