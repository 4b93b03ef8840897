#include "execute/execute.h"

#include <string>

#include "runtime/metrics/span.h"

namespace basalt {

void execute(const Plan& plan, const Program& program, Field& field, const ExecuteContext& context) {
  for (const Stage& stage : plan.stages) {
    if (context.at_boundary) {
      context.at_boundary();
    }
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
    if (context.on_steps_done) {
      context.on_steps_done(stage.steps.size());
    }
  }
}

}  // namespace basalt
