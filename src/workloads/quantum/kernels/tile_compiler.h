// What the planner and the executor get from this workload for tiles in cache.
#pragma once

#include "plan/tile_program.h"

namespace basalt::quantum {

/// For steps of quantum/dense, quantum/exchange and quantum/phase.
TileCompiler tile_compiler();

/// Whether steps of this kernel run in tiles; the others run over a whole field.
bool runs_in_tiles(std::string_view kernel);

}  // namespace basalt::quantum
