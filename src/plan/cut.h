// Cuts a list of operations into stages: runs that are local to one choice of axes. The same algorithm on every rung of
// the memory ladder: tiles of a field in cache, and blocks of a tile in registers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plan/program.h"

namespace basalt {

struct CutSettings {
  int field_axes = 0;
  int tile_axes = 0;  ///< The most that a stage may span; at least low_axes plus what any one operation mixes.
  int low_axes = 0;   ///< These lowest axes are in every tile: they fill a cache line, or a vector.
  /// The field holds zeros where an axis outside of this is 1: stages that come before an axis is mixed for the first
  /// time are cheaper by half.
  std::uint64_t touched_axes = ~std::uint64_t{0};
  std::uint64_t effort = 1 << 20;  ///< Bounds the search: operations that it may look at.
};

struct StageCut {
  std::uint64_t tile_axes = 0;       ///< min(tile_axes, field_axes) of them, low ones included.
  std::uint64_t outer_axes = 0;      ///< The other axes that are touched when the stage begins.
  std::vector<std::uint32_t> steps;  ///< In an order that gives the same result as the order they came in.
};

/// Every operation is in one stage. One that mixes nothing (a phase) is local to any tile and is put off until an
/// operation needs it done, or to the last stage: many of them then cost as much as one. Pure and deterministic.
std::vector<StageCut> cut_stages(std::span<const Access> operations, const CutSettings& settings);

}  // namespace basalt
