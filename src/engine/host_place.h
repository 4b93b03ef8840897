// A state in the host's memory, worked on by its processors.
#pragma once

#include <vector>

#include "engine/norm_watch.h"
#include "engine/state_place.h"
#include "execute/execute.h"
#include "runtime/memory/field.h"

namespace basalt {

/// References must outlive it.
class HostPlace final : public StatePlace {
 public:
  HostPlace(Field& state, MemoryResource& memory, StateStore& store, const ExecuteContext& context, PlanLimits limits)
      : state_(state),
        memory_(memory),
        store_(store),
        context_(context),
        limits_(std::move(limits)),
        watch_(state.type) {}

  [[nodiscard]] ElementType type() const override { return state_.type; }
  void reset() override;
  PlannedCircuit plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) override;
  void execute(std::span<const Stage> stages, const Program& program,
               std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) override;
  void scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) override;
  std::unique_ptr<quantum::StateReader> reader(const quantum::QubitMap* map) override;
  std::optional<StateStore::Key> save(bool worth_spilling) override { return store_.save(state_, worth_spilling); }
  bool load(StateStore::Key key, bool last) override { return store_.load(key, last, state_); }

  /// Stages for steps that were made for elsewhere, on a state that is zero where an axis outside of `touched_axes` is
  /// 1.
  [[nodiscard]] std::vector<Stage> cut(const Program& program, std::uint64_t touched_axes) const;

 private:
  Field& state_;
  MemoryResource& memory_;
  StateStore& store_;
  const ExecuteContext& context_;
  PlanLimits limits_;
  NormWatch watch_;
};

/// What scale_where() does, as a step.
Step collapse_step(quantum::ControlMask keep, double scale);

/// Zeroes the field in parallel (its first touch) and puts amplitude 1 at index 0.
void prepare_zero_state(Field& state, const Arena& arena, const CancelToken& cancel);

}  // namespace basalt
