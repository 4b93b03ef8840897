// Runs a plan on a field. Called by the engine; knows kernels by id only.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

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

/// Stages made ready: entry i is stage i's, null where its steps run over the whole field.
using CompiledStages = std::vector<std::unique_ptr<TileProgram>>;

/// For a field of `axes` axes. Steps' operands must outlive the result. Worth keeping for small fields, where it takes
/// longer than running.
CompiledStages compile_stages(std::span<const Stage> stages, const Program& program, ElementType type, int axes,
                              const TileCompiler& tiles);

/// Applies stages in order. `compiled` is empty, or has an entry for each of them. Throws Error(cancelled) between
/// pieces; the field is then in no useful state.
void execute(std::span<const Stage> stages, const Program& program, Field& field, const ExecuteContext& context,
             std::span<const std::unique_ptr<TileProgram>> compiled = {});

/// What one thread takes of `memory` for tiles of `tile_bytes`, at most.
std::uint64_t tile_buffer_bytes(std::uint64_t tile_bytes) noexcept;

}  // namespace basalt
