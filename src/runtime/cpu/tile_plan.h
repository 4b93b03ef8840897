// How a permutation of axes is cut into tiles: sets of elements that lie in long runs both where they come from and
// where they go, and that fit in a cache together. Plain data; making it touches no field.
//
// Elements are words of 64 bits: a c64 is one, a c128 two, told apart by an axis 0 of its own that stays where it is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/cpu/axis_permutation.h"

namespace basalt {

/// Words of the widest vector: 2^3.
inline constexpr int kMaxLaneAxes = 3;

/// Where a group of vectors is loaded from, counted in words from the start of the tile, and where it is stored, from
/// the start of the tile's target.
struct GroupPlace {
  std::uint64_t load = 0;
  std::uint64_t store = 0;
};

struct TilePlan {
  int tile_axes = 0;     ///< A tile is 2^tile_axes words.
  int run_axes = 0;      ///< Of which 2^run_axes lie together in the source.
  BitSpread run_offset;  ///< Run of a tile → where it is from the tile's first word on.
  std::vector<std::uint64_t>
      lines;                 ///< Where the lines of a tile are, in words from its first on: what to ask for ahead.
  int outer_axes = 0;        ///< There are 2^outer_axes tiles.
  BitSpread source_offset;   ///< Tile → its first word in the source.
  BitSpread target_offset;   ///< Tile → its first word in the target.
  BitSpread next_tile;       ///< Tile → the tile whose place it takes; only if `closed`.
  bool closed = false;       ///< Each tile takes the place of one tile: in place, tiles move in cycles.
  bool keeps_order = false;  ///< Words of a tile stay in order: a tile that takes its own place need not move.

  // A group of 2^group_axes vectors is loaded from a tile, transposed in registers and stored.
  unsigned swapped_lanes = 0;   ///< Lane axes that change places with the group's axes, one bit each.
  int group_axes = 0;           ///< As many as lanes are swapped.
  bool permutes_lanes = false;  ///< Whether `lane_from` is more than the identity.
  std::array<std::int64_t, 1 << kMaxLaneAxes> lane_from{};  ///< After that, lane i of the result is lane_from[i].
  std::array<std::uint64_t, 1 << kMaxLaneAxes> load_at{};   ///< Vector of a group → where in the tile.
  std::array<std::uint64_t, 1 << kMaxLaneAxes> store_at{};  ///< Vector of a group → where from the group's target on.
  std::vector<GroupPlace> near_groups;                      ///< Groups in the order in which their targets lie ...
  int far_axes = 0;                                         ///< ... and then again, 2^far_axes times in all:
  BitSpread far_load;                                       ///< what that adds to `load`
  BitSpread far_store;                                      ///< and to `store`.
};

/// What a tile may be.
struct TileLimits {
  int lane_axes = kMaxLaneAxes;  ///< Of the vectors of the instruction set.
  int max_tile_axes = 12;        ///< At least 2·lane_axes.
};

/// For a copy from one array of words to another; `to` has at least limits.lane_axes axes.
TilePlan plan_tiles(std::span<const std::uint8_t> to, const TileLimits& limits);

/// For a permutation in place. Nothing when the tiles would be too large or their runs shorter than 2^min_run_axes.
std::optional<TilePlan> plan_closed_tiles(std::span<const std::uint8_t> to, const TileLimits& limits, int min_run_axes);

}  // namespace basalt
