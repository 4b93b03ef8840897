#include "plan/cost.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace basalt {
namespace {

/// A working set of this share of a cache begins to fall out of it; one of all of it has fallen out.
constexpr double kCacheShare = 0.5;

double speed(const LevelSpeed& level, int threads) {
  return std::min(level.alone * threads, std::max(level.alone, level.together));
}

/// Of what `threads` threads work on together; a thread's own cache is of use for that only if it is the only one.
double capacity_for(const LevelSpeed& level, int threads) {
  if (level.level == 0) {
    return static_cast<double>(level.capacity_bytes);
  }
  const int instances = (threads + level.shared_by - 1) / level.shared_by;
  return level.shared_by < threads && level.shared_by <= 2 ? 0 : static_cast<double>(level.capacity_bytes) * instances;
}

/// Seconds to move a byte of a working set, read and written again and again.
double seconds_per_byte(const std::vector<LevelSpeed>& levels, double working_set, int threads, auto capacity) {
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double room = capacity(levels[i]);
    if (working_set >= room) {
      continue;
    }
    const double here = 1 / speed(levels[i], threads);
    const double further = 1 / speed(levels[i + 1], threads);
    const double outside = std::clamp((working_set / room - kCacheShare) / (1 - kCacheShare), 0.0, 1.0);
    return here + outside * (further - here);
  }
  return 1 / speed(levels.back(), threads);
}

double barrier_seconds(const CostFigures& figures, int threads) {
  if (threads == 1 || figures.barriers.empty()) {
    return 0;
  }
  const auto enough =
      std::ranges::find_if(figures.barriers, [&](const BarrierCost& cost) { return cost.threads >= threads; });
  return enough == figures.barriers.end() ? figures.barriers.back().seconds : enough->seconds;
}

double share_of_peak(const CostFigures& figures, std::string_view kernel) {
  const auto known = std::ranges::find(figures.kernels, kernel, &KernelShare::kernel);
  return known == figures.kernels.end() ? figures.other_share : known->share;
}

/// What all threads together have to do, in seconds of one thread, apart from the field's memory.
struct Arithmetic {
  double flops = 0;
  double seconds = 0;
};

Arithmetic arithmetic_of(const CostFigures& figures, const StageLoad& load, double elements, double tiles) {
  const double peak = load.type == ElementType::c64 ? figures.flops_f32 : figures.flops_f64;
  const auto bytes = static_cast<double>(element_bytes(load.type));
  const double tile_bytes = bytes * elements / tiles;
  const double per_byte = seconds_per_byte(figures.levels, tile_bytes, 1, [](const LevelSpeed& level) {
    return static_cast<double>(level.capacity_bytes) / (level.shared_by <= 2 ? 1 : level.shared_by);
  });
  Arithmetic sum;
  for (const TileWork& work : load.work) {
    const double flops = work.flops_per_element * elements;
    sum.flops += flops;
    sum.seconds +=
        std::max(flops / (peak * (work.peak_share > 0 ? work.peak_share : share_of_peak(figures, work.kernel))),
                 work.cache_bytes_per_element * elements * per_byte) +
        tiles * figures.pass_seconds;
  }
  return sum;
}

}  // namespace

StageCost cost_of_stage(const CostFigures& figures, const StageLoad& load, int threads) {
  const auto element = static_cast<double>(element_bytes(load.type));
  const bool tiled = load.tile_axes != 0;
  const double tiles = tiled ? std::exp2(std::popcount(load.outer_axes)) : 1;
  StageCost cost{.bytes = load.bytes};
  double elements = load.bytes / (2 * element);
  double moved = load.bytes;
  if (tiled) {
    elements = tiles * std::exp2(std::popcount(load.tile_axes));
    cost.bytes = 2 * element * elements;
    const double run_bytes = element * std::exp2(std::countr_one(load.tile_axes));
    moved = cost.bytes * (1 + figures.run_overhead_bytes / run_bytes);
  }
  const Arithmetic arithmetic = arithmetic_of(figures, load, elements, tiles);
  cost.flops = arithmetic.flops;
  const auto seconds_on = [&](int count) {
    const double memory = moved * seconds_per_byte(figures.levels, cost.bytes / 2, count,
                                                   [&](const LevelSpeed& level) { return capacity_for(level, count); });
    // A single tile is in the cache for good.
    const double visible = tiled && tiles == 1 ? 0 : memory;
    const double computing = arithmetic.seconds / (tiled ? std::min<double>(count, tiles) : count);
    return std::max(visible, computing) + (1 - figures.hidden_share) * std::min(visible, computing) +
           barrier_seconds(figures, count);
  };
  cost.seconds = seconds_on(1);
  for (int count = 2; count <= threads; count = count == threads ? threads + 1 : std::min(2 * count, threads)) {
    if (const double seconds = seconds_on(count); seconds < cost.seconds) {
      cost.seconds = seconds;
      cost.threads = count;
    }
  }
  return cost;
}

}  // namespace basalt
