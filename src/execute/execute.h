// Runs a plan on a field. Called by the engine; knows kernels by id only.
#pragma once

#include <cstddef>
#include <functional>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "plan/plan.h"
#include "plan/tile_program.h"
#include "runtime/backend/kernel.h"

namespace basalt {

/// What an execution needs besides the plan. References must outlive it.
struct ExecuteContext {
  const KernelRegistry& kernels;
  const Arena& arena;
  const CancelToken& cancel;
  MemoryResource& memory;             ///< For a tile of every thread.
  TileCompiler tiles;                 ///< Needed where stages have tiles.
  std::function<void()> at_boundary;  ///< Before each stage; may wait, and may move the field's block. May be empty.
  std::function<void(const Stage& stage, double seconds)> on_stage_done;  ///< May be empty.
};

/// Applies every stage in order. Throws Error(cancelled) between pieces; the field is then in no useful state.
void execute(const Plan& plan, const Program& program, Field& field, const ExecuteContext& context);

/// What one thread takes of `memory` for tiles of `tile_bytes`, at most.
std::uint64_t tile_buffer_bytes(std::uint64_t tile_bytes) noexcept;

}  // namespace basalt
