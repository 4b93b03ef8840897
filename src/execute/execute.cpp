#include "execute/execute.h"

#include <string>
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

void run_tiles(const Stage& stage, const Program& program, Field& field, TileBuffers& buffers,
               const ExecuteContext& context) {
  std::vector<const Step*> steps;
  steps.reserve(stage.steps.size());
  for (const std::uint32_t index : stage.steps) {
    steps.push_back(&program.steps[index]);
  }
  const metrics::Span span(metrics::SpanName::stage, {.detail = "tiles", .bytes = stage.predicted_bytes});
  const TileShape shape{.type = field.type, .axes = stage.tile_axes | padding_axes(field)};
  const std::unique_ptr<TileProgram> compiled = context.tiles.compile(steps, shape);
  const TileLoop loop(field, shape.axes, stage.outer_axes, *compiled, buffers);
  context.arena.for_each(stage.pieces, context.cancel, [&](std::uint64_t piece) { loop.run({piece, stage.pieces}); });
}

}  // namespace

void execute(const Plan& plan, const Program& program, Field& field, const ExecuteContext& context) {
  TileBuffers buffers(context.memory);
  for (const Stage& stage : plan.stages) {
    if (context.at_boundary) {
      context.at_boundary();
    }
    const Stopwatch watch;
    if (stage.tile_axes == 0) {
      run_whole(stage, program, field, context);
    } else {
      run_tiles(stage, program, field, buffers, context);
    }
    if (context.on_stage_done) {
      context.on_stage_done(stage, watch.seconds());
    }
  }
}

}  // namespace basalt
