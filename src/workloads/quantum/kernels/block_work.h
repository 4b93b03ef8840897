// What the operations on blocks cost, for the planner.
#pragma once

#include <span>

#include "plan/tile_program.h"
#include "workloads/quantum/kernels/block.h"
#include "workloads/quantum/kernels/phase_tables.h"

namespace basalt::quantum {

/// All operations of a pass together; reading and storing its blocks is not in it.
TileWork work_of(const BlockPass& pass, std::span<const PhaseRecipe> recipes);

}  // namespace basalt::quantum
