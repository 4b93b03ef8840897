#include "engine/host_place.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "workloads/quantum/kernels/tile_compiler.h"
#include "workloads/quantum/results/host_reader.h"

namespace basalt {
namespace {

/// Calls body(first, size) on parallel pieces of `bytes`.
template <typename Body>
void for_each_piece(std::uint64_t bytes, const Arena& arena, const CancelToken& cancel, const Body& body) {
  constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20;
  arena.for_each((bytes + kPieceBytes - 1) / kPieceBytes, cancel, [&](std::uint64_t piece) {
    const std::uint64_t first = piece * kPieceBytes;
    body(first, std::min(kPieceBytes, bytes - first));
  });
}

}  // namespace

Step collapse_step(quantum::ControlMask keep, double scale) {
  return {
      .kernel = "quantum/collapse",
      .access = {.mixes = 0, .reads = keep.mask, .fixed = 0},
      .share = 1,
      .flops_per_element = 2,
      .operands = std::make_shared<quantum::CollapseOperands>(quantum::CollapseOperands{.keep = keep, .scale = scale})};
}

void prepare_zero_state(Field& state, const Arena& arena, const CancelToken& cancel) {
  for_each_piece(state.size_bytes(), arena, cancel,
                 [&](std::uint64_t first, std::uint64_t size) { std::memset(state.buffer.data() + first, 0, size); });
  if (state.type == ElementType::c64) {
    *state.buffer.as<float>() = 1;
  } else {
    *state.buffer.as<double>() = 1;
  }
}

void HostPlace::reset() {
  prepare_zero_state(state_, context_.arena, context_.cancel);
}

PlannedCircuit HostPlace::plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) {
  lowered.plan = plan_steps(lowered.lowered.program, state_.type, state_.axes, limits_, touched_axes);
  return lowered;
}

void HostPlace::execute(std::span<const Stage> stages, const Program& program,
                        std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) {
  ExecuteContext context = context_;
  context.on_stage_done = on_stage_done;
  const auto run = [&](std::size_t count) {
    basalt::execute(stages.first(count), program, state_, context, compiled.empty() ? compiled : compiled.first(count));
    stages = stages.subspan(count);
    compiled = compiled.empty() ? compiled : compiled.subspan(count);
  };
  while (!stages.empty()) {
    const std::optional<WatchedTile> tile = watch_.next(stages);
    run(tile ? tile->stage : stages.size());
    if (tile) {
      const Stage& watched = stages.front();
      const double before = tile_norm(state_, tile->base, watched.tile_axes);
      run(1);
      watch_.expect_kept(watched, *tile, before, tile_norm(state_, tile->base, watched.tile_axes));
    }
  }
}

void HostPlace::scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) {
  const Program program{{collapse_step(keep, scale)}};
  ExecuteContext context = context_;
  context.on_stage_done = on_stage_done;
  basalt::execute(make_plan(program, state_.type, state_.axes, limits_).stages, program, state_, context);
}

std::vector<Stage> HostPlace::cut(const Program& program, std::uint64_t touched_axes) const {
  return plan_steps(program, state_.type, state_.axes, limits_, touched_axes).stages;
}

std::unique_ptr<quantum::StateReader> HostPlace::reader(const quantum::QubitMap* map) {
  return std::make_unique<quantum::HostReader>(
      quantum::StateView{state_, context_.arena, context_.cancel, memory_, map});
}

}  // namespace basalt
