// Where the state of a job lies, and how it is worked on there: in the host's memory, or in a device's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "engine/planned_circuit.h"
#include "engine/state_store.h"
#include "plan/plan.h"
#include "plan/split_plan.h"
#include "plan/tile_program.h"
#include "workloads/quantum/results/state_reader.h"

namespace basalt {

/// Called after every stage, with the seconds that it took.
using OnStageDone = std::function<void(const Stage& stage, double seconds)>;

/// For one thread.
class StatePlace {
 public:
  virtual ~StatePlace() = default;

  [[nodiscard]] virtual ElementType type() const = 0;

  /// Amplitude 1 at index 0, 0 elsewhere.
  virtual void reset() = 0;

  /// For a state that is zero where an axis outside of `touched_axes` is 1.
  PlannedCircuit plan(const quantum::Circuit& circuit, const quantum::PassOptions& options,
                      std::uint64_t touched_axes) {
    return plan_lowered(lower_circuit(circuit, options), touched_axes);
  }

  /// Adds the plan.
  virtual PlannedCircuit plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) = 0;

  /// Applies stages of such a plan. `compiled` is empty, or has an entry for each of them.
  virtual void execute(std::span<const Stage> stages, const Program& program,
                       std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) = 0;

  /// Multiplies the amplitudes that `keep` selects by `scale`, and the others by 0. Tells what it moved.
  virtual void scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) = 0;

  /// Of the state as it is now. `map` may be null: qubit q is axis q.
  virtual std::unique_ptr<quantum::StateReader> reader(const quantum::QubitMap* map) = 0;

  /// Where the axes lie, for a place that moves them: what it plans next, and how it draws shots, follow from that.
  [[nodiscard]] virtual AxisPlaces layout() const { return {}; }
  /// The state was put there from outside, in the order of its index. What is planned next is planned as for this
  /// layout, which is ignored where it is another kind of place's.
  virtual void lay_out(const AxisPlaces& /*layout*/) {}
  /// The same state: it is zero where an axis outside of `touched_axes` is 1, and `done` are the stages of the last
  /// plan that are applied to it. Others follow.
  virtual void go_on(std::uint64_t /*touched_axes*/, std::span<const Stage> /*done*/) {}

  /// By how much the state differs from what the last stage, or who put it there, made of it: the norm of the
  /// difference. Known where it is stored with a loss.
  [[nodiscard]] virtual double lost() const { return 0; }

  /// Keeps a copy of the state, and brings it back; as StateStore does.
  virtual std::optional<StateStore::Key> save(bool worth_spilling) = 0;
  [[nodiscard]] virtual bool load(StateStore::Key key, bool last) = 0;
};

}  // namespace basalt
