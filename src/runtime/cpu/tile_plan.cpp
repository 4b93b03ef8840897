#include "runtime/cpu/tile_plan.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace basalt {
namespace {

/// Places of groups that are kept as a list: a small part of the nearest cache.
constexpr std::size_t kNearAxes = 6;

constexpr std::uint64_t kLineWords = 8;

constexpr std::uint64_t low_axes(int count) {
  return (std::uint64_t{1} << count) - 1;
}

std::vector<std::uint8_t> listed(std::uint64_t axes) {
  std::vector<std::uint8_t> list;
  for (; axes != 0; axes &= axes - 1) {
    list.push_back(static_cast<std::uint8_t>(std::countr_zero(axes)));
  }
  return list;
}

std::vector<std::uint8_t> mapped(std::span<const std::uint8_t> axes, std::span<const std::uint8_t> to) {
  std::vector<std::uint8_t> list(axes.size());
  std::ranges::transform(axes, list.begin(), [&](std::uint8_t axis) { return to[axis]; });
  return list;
}

/// The position of each axis in `list`.
std::vector<std::uint8_t> ranks_in(std::span<const std::uint8_t> list, std::span<const std::uint8_t> axes) {
  std::vector<std::uint8_t> ranks(axes.size());
  std::ranges::transform(axes, ranks.begin(), [&](std::uint8_t axis) {
    return static_cast<std::uint8_t>(std::ranges::find(list, axis) - list.begin());
  });
  return ranks;
}

/// Which axes of a group change places with which lanes: the lane that an axis will be in at the end, where it is free.
struct LaneSwaps {
  std::vector<std::uint8_t> leaving;   ///< Lane axes, ascending.
  std::vector<std::uint8_t> entering;  ///< The axis that comes in for each.
};

LaneSwaps pair_lanes(std::span<const std::uint8_t> to, std::span<const std::uint8_t> from, int lane_axes) {
  LaneSwaps swaps;
  std::vector<std::uint8_t> entering;
  for (const std::uint8_t lane : listed(low_axes(lane_axes))) {
    if (to[lane] >= lane_axes) {
      swaps.leaving.push_back(lane);
    }
    if (from[lane] >= lane_axes) {
      entering.push_back(from[lane]);
    }
  }
  swaps.entering = entering;
  for (std::size_t i = 0; i < swaps.leaving.size(); ++i) {
    const auto fits = std::ranges::find(swaps.entering, swaps.leaving[i], [&](std::uint8_t axis) { return to[axis]; });
    if (fits != swaps.entering.end() && static_cast<std::size_t>(fits - swaps.entering.begin()) != i) {
      // The one that stood here may have been placed already only if it fits, and then it stays.
      std::swap(swaps.entering[i], *fits);
    }
  }
  return swaps;
}

void plan_groups(TilePlan& plan, std::span<const std::uint8_t> to, std::span<const std::uint8_t> tile, int lane_axes) {
  const AxisPermutation from = inverse_of(to);
  const LaneSwaps swaps = pair_lanes(to, from, lane_axes);
  plan.group_axes = static_cast<int>(swaps.leaving.size());
  const std::vector<std::uint8_t> load_axes = ranks_in(tile, swaps.entering);
  const std::vector<std::uint8_t> store_axes = mapped(swaps.leaving, to);
  const BitSpread load_at(load_axes);
  const BitSpread store_at(store_axes);
  for (std::uint64_t i = 0; i < std::uint64_t{1} << plan.group_axes; ++i) {
    plan.load_at[i] = load_at(i);
    plan.store_at[i] = store_at(i);
  }

  std::vector<std::uint8_t> in_lane;  // after the swaps: which axis each lane axis stands for
  for (const std::uint8_t lane : listed(low_axes(lane_axes))) {
    const auto left = std::ranges::find(swaps.leaving, lane);
    const bool leaves = left != swaps.leaving.end();
    plan.swapped_lanes |= leaves ? 1U << lane : 0;
    in_lane.push_back(leaves ? swaps.entering[static_cast<std::size_t>(left - swaps.leaving.begin())] : lane);
  }
  const BitSpread lane_to(mapped(in_lane, to));
  for (std::uint64_t lane = 0; lane < std::uint64_t{1} << lane_axes; ++lane) {
    plan.lane_from[lane_to(lane)] = static_cast<std::int64_t>(lane);
    plan.permutes_lanes |= lane_to(lane) != lane;
  }

  std::vector<std::uint8_t> counted;
  for (const std::uint8_t axis : tile) {
    if (axis >= lane_axes && std::ranges::find(swaps.entering, axis) == swaps.entering.end()) {
      counted.push_back(axis);
    }
  }
  std::ranges::sort(counted, {}, [&](std::uint8_t axis) { return to[axis]; });
  const std::span<const std::uint8_t> near = std::span(counted).first(std::min(counted.size(), kNearAxes));
  const std::span<const std::uint8_t> far = std::span(counted).subspan(near.size());
  const BitSpread near_load(ranks_in(tile, near));
  const BitSpread near_store(mapped(near, to));
  for (std::uint64_t group = 0; group < std::uint64_t{1} << near.size(); ++group) {
    plan.near_groups.push_back({near_load(group), near_store(group)});
  }
  plan.far_axes = static_cast<int>(far.size());
  plan.far_load = BitSpread(ranks_in(tile, far));
  plan.far_store = BitSpread(mapped(far, to));
}

TilePlan plan_with(std::span<const std::uint8_t> to, std::uint64_t tile_axes, int lane_axes) {
  TilePlan plan;
  const std::vector<std::uint8_t> tile = listed(tile_axes);
  const std::vector<std::uint8_t> outer = listed(low_axes(static_cast<int>(to.size())) & ~tile_axes);
  plan.tile_axes = static_cast<int>(tile.size());
  plan.run_axes = std::countr_one(tile_axes);
  plan.run_offset = BitSpread(std::span(tile).subspan(static_cast<std::size_t>(plan.run_axes)));
  const BitSpread word_at(tile);
  for (std::uint64_t word = 0; word < std::uint64_t{1} << tile.size(); word += kLineWords) {
    plan.lines.push_back(word_at(word));
  }
  plan.outer_axes = static_cast<int>(outer.size());
  const std::vector<std::uint8_t> targets = mapped(outer, to);
  plan.source_offset = BitSpread(outer);
  plan.target_offset = BitSpread(targets);
  plan.closed = permute_index(to, tile_axes) == tile_axes;
  if (plan.closed) {
    plan.next_tile = BitSpread(ranks_in(outer, targets));
  }
  plan.keeps_order = std::ranges::all_of(tile, [&](std::uint8_t axis) { return to[axis] == axis; });
  plan_groups(plan, to, tile, lane_axes);
  return plan;
}

}  // namespace

TilePlan plan_tiles(std::span<const std::uint8_t> to, const TileLimits& limits) {
  const int axes = static_cast<int>(to.size());
  const AxisPermutation from = inverse_of(to);
  std::uint64_t tile = 0;
  for (int run = limits.lane_axes; run <= axes; ++run) {
    const std::uint64_t larger = low_axes(run) | permute_index(from, low_axes(run));
    if (std::popcount(larger) > limits.max_tile_axes) {
      break;
    }
    tile = larger;
  }
  return plan_with(to, tile, limits.lane_axes);
}

std::optional<TilePlan> plan_closed_tiles(std::span<const std::uint8_t> to, const TileLimits& limits,
                                          int min_run_axes) {
  const int axes = static_cast<int>(to.size());
  std::uint64_t tile = 0;
  for (int run = std::min(min_run_axes, axes); run <= axes; ++run) {
    const std::uint64_t larger = closure(to, low_axes(run));
    if (std::popcount(larger) > limits.max_tile_axes) {
      break;
    }
    tile = larger;
  }
  return tile == 0 ? std::nullopt : std::optional(plan_with(to, tile, limits.lane_axes));
}

}  // namespace basalt
