#include "execute/execute.h"

#include <string>
#include <utility>
#include <vector>

#include "base/stopwatch.h"
#include "execute/tile_loop.h"
#include "runtime/metrics/span.h"

namespace basalt {
namespace {

/// Each step of the stage runs over the whole field, by its own kernel.
void run_whole(const Stage& stage, const Program& program, Field& field, const ExecuteContext& context) {
  for (const std::uint32_t index : stage.steps) {
    const Step& step = program.steps[index];
    const Kernel* kernel = context.kernels.find(step.kernel, field.type);
    if (kernel == nullptr) {
      throw Error(ErrorCode::failed, "no kernel '" + std::string(step.kernel) + "' for this element type");
    }
    const metrics::Span span(metrics::SpanName::stage, {.detail = kernel->id, .bytes = stage.predicted_bytes});
    context.arena.for_each(stage.pieces, context.cancel, [&](std::uint64_t piece) {
      kernel->run(field.buffer.data(), field.padded_axes(), step.operands.get(), {piece, stage.pieces});
    });
  }
}

std::unique_ptr<TileProgram> compile_stage(const Stage& stage, const Program& program, ElementType type, int axes,
                                           const TileCompiler& tiles) {
  if (stage.tile_axes == 0) {
    return nullptr;
  }
  std::vector<const Step*> steps;
  steps.reserve(stage.steps.size());
  for (const std::uint32_t index : stage.steps) {
    steps.push_back(&program.steps[index]);
  }
  return tiles.compile(steps, {.type = type, .axes = stage.tile_axes | padding_axes(axes)});
}

void run_tiles(const Stage& stage, const TileProgram& compiled, Field& field, TileBuffers& buffers,
               const ExecuteContext& context) {
  const metrics::Span span(metrics::SpanName::stage, {.detail = "tiles", .bytes = stage.predicted_bytes});
  const TileLoop loop(field.type, field.axes, stage.tile_axes, stage.outer_axes, compiled);
  context.arena.for_each(stage.pieces, context.cancel, [&](std::uint64_t piece) {
    Buffer scratch = buffers.borrow(loop.scratch_bytes());
    loop.run(field.buffer.data(), {piece, stage.pieces}, scratch.data());
    buffers.give_back(std::move(scratch));
  });
}

}  // namespace

CompiledStages compile_stages(std::span<const Stage> stages, const Program& program, ElementType type, int axes,
                              const TileCompiler& tiles) {
  CompiledStages result;
  result.reserve(stages.size());
  for (const Stage& stage : stages) {
    result.push_back(compile_stage(stage, program, type, axes, tiles));
  }
  return result;
}

void execute(std::span<const Stage> stages, const Program& program, Field& field, const ExecuteContext& context,
             std::span<const std::unique_ptr<TileProgram>> compiled) {
  TileBuffers buffers(context.memory);
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const Stage& stage = stages[i];
    if (context.at_boundary) {
      context.at_boundary();
    }
    const Stopwatch watch;
    if (stage.tile_axes == 0) {
      run_whole(stage, program, field, context);
    } else if (!compiled.empty()) {
      run_tiles(stage, *compiled[i], field, buffers, context);
    } else {
      // What a stage compiles to may be large: it is gone before the next is made.
      run_tiles(stage, *compile_stage(stage, program, field.type, field.axes, context.tiles), field, buffers, context);
    }
    if (context.on_stage_done) {
      context.on_stage_done(stage, watch.seconds());
    }
  }
}

}  // namespace basalt
