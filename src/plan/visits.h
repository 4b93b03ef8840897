// Stages for a field that does not fit where it is worked on: on disk for memory, in the host's memory for a device.
// Each visit brings tile after tile there, and what is done to a tile is planned as for any field. The same cut as for
// caches, one rung down.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "plan/plan.h"

namespace basalt {

struct VisitLimits {
  int tile_axes = 0;   ///< At least chunk_axes plus what any one step mixes.
  int chunk_axes = 0;  ///< In every tile: what is contiguous and moved at once.
  int buffers = 2;     ///< Tiles: from two on, some are moved while others are worked on.
  double read_bytes_per_second = 1e9;
  double write_bytes_per_second = 1e9;
  double both_bytes_per_second = 1e9;  ///< Read plus written.
};

struct VisitSettings {
  /// The field holds zeros where an axis outside of this is 1.
  std::uint64_t touched_axes = ~std::uint64_t{0};
  /// Plans a program for a field of 2^axes elements, there where tiles are worked on.
  std::function<Plan(const Program& program, int axes, std::uint64_t touched_axes)> plan_tile = {};
  /// The step where axis a of the field has become axis place[a].
  Step (*move)(const Step& step, std::span<const std::uint8_t> place) = nullptr;
};

/// Cuts a program into visits. Bits of a stage's tile are axes of the field. Pure.
Plan make_visit_plan(const Program& program, ElementType type, int axes, const VisitLimits& limits,
                     const VisitSettings& settings);

/// One such stage as it runs in a tile, where the tile's axes have become the lowest, in their order, and the others
/// follow.
struct Visit {
  Program program;            ///< Of all its steps.
  std::vector<Stage> stages;  ///< Of a tile.
  double predicted_flops = 0;
  double predicted_seconds = 0;  ///< Of one tile.
};

/// Pure: the visit is the one that make_visit_plan() had in mind where the touched axes are as they were there.
Visit plan_visit(const Program& program, const Stage& stage, int axes, const VisitSettings& settings);

}  // namespace basalt
