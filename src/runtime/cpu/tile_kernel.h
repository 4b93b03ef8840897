// Moves one tile of a permutation of axes: out of an array in long runs, and into one, transposed on the way.
#pragma once

#include <cstdint>

#include "runtime/cpu/tile_plan.h"

namespace basalt {

/// Axes of the vectors that tiles move in, counted in words: a vector has 2^lane_axes() words of 64 bits.
int lane_axes();

// Both ask meanwhile for the tile at `ahead`, which will be gathered next (null: none): the first half of its lines is
// asked for by gather_tile, the second by scatter_tile, so that memory is never idle.

/// Copies the runs of the tile at `source` to `tile`, which is aligned to 64 bytes and has 2^plan.tile_axes words.
void gather_tile(const TilePlan& plan, const std::uint64_t* source, std::uint64_t* tile, const std::uint64_t* ahead);

/// Permutes the words of `tile` into their places from `target` on, around the caches if `streaming`.
void scatter_tile(const TilePlan& plan, const std::uint64_t* tile, std::uint64_t* target, bool streaming,
                  const std::uint64_t* ahead);

/// Makes what was streamed visible to other threads. Call once after the last tile, on the thread that scattered.
void finish_streaming();

}  // namespace basalt
