// Runs a script as a tree of branches: where an outcome of a measurement is needed, the shots are split over the
// outcomes and each branch goes on with its share and its own state.
//
// Branches are visited depth first, fewest shots first, so that at most log2(shots) states wait at a time. A waiting
// state is kept where memory or disk allow; else it is computed again from the start when its turn comes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "basalt/cancel.h"
#include "engine/plan_cache.h"
#include "engine/state_place.h"
#include "engine/storage_loss.h"
#include "workloads/quantum/input/machine.h"
#include "workloads/quantum/results/outcomes.h"

namespace basalt {

/// One path through the tree, at its current place.
struct Branch {
  quantum::Machine machine;
  std::uint64_t shots = 0;
  std::uint64_t key = 0;    ///< Of the random numbers below here: depends on the outcomes so far only.
  double global_phase = 0;  ///< Radians, left out of the state.
  std::vector<quantum::Outcome> history;
  std::size_t steps_since_norm = 0;  ///< Steps applied since the norm was last brought back to 1.
  std::size_t stages = 0;            ///< Stages applied since the state was all zeroes.
  std::uint64_t touched_axes = 0;    ///< The state is zero where another axis is 1.
  quantum::QubitMap map;             ///< Where the qubits are. Anything but the identity at the end only.
  StorageLoss loss;                  ///< Of the state.
  std::uint64_t advances = 0;        ///< Of the machine so far: with the history, where the machine is.
};

/// A place where shots went different ways, with the outcomes that still wait.
struct Fork {
  Branch branch;
  std::vector<quantum::Outcome> waiting;
  std::optional<StateStore::Key> saved;  ///< None where the state must be computed again.
};

/// What the tree costs, counted as it goes.
struct BranchCosts {
  std::uint64_t gates = 0;
  std::uint64_t sweeps = 0;
  double bytes_moved = 0;
  double plan_seconds = 0;
  double execute_seconds = 0;
  double predicted_seconds = 0;  ///< Of the stages.
  double predicted_flops = 0;
};

/// Where a run is: all that it needs, beside the script and a copy of the state, to go on from there. Where it was read
/// from a file, machines are still at the start, and no states are saved.
struct TreePosition {
  enum class Kind : std::uint8_t {
    in_circuit,      ///< Some steps of the branch's latest circuit are applied.
    after_circuit,   ///< All are; what comes next is outcomes, or the end of the branch.
    between_leaves,  ///< A branch has ended and the next is about to begin. Needs no state: it is computed again.
  };
  Kind kind = Kind::in_circuit;
  std::vector<Fork> forks;        ///< The outermost first.
  Branch branch;                  ///< Not between leaves.
  std::vector<bool> steps_done;   ///< In a circuit: of its program. Closed under what steps depend on.
  std::uint64_t fingerprint = 0;  ///< Of that program.
  AxisPlaces layout;              ///< Of the state's place, before that program where there is one.
  std::uint64_t gates = 0;        ///< As BranchCosts has them.
};

struct BranchSettings {
  std::uint64_t shots = 1;
  std::uint64_t seed = 0;
  quantum::PassOptions passes_before_more;  ///< For circuits after which more follow,
  /// and for those at the end of a branch.
  std::function<quantum::PassOptions(const quantum::Machine& machine)> passes_at_end;
};

class BranchTree {
 public:
  using Leaf = std::function<void(const Branch& branch)>;
  using Split = std::function<void(std::size_t outcomes)>;
  using Gates = std::function<void(std::uint64_t gates, double bytes)>;

  /// References must outlive it.
  BranchTree(std::shared_ptr<const quantum::Script> script, StatePlace& state, const CancelToken& cancel,
             BranchSettings settings);

  /// Called when shots are about to go different ways; may throw to refuse.
  Split on_split;
  /// Called where position() says what the state is, between stages and between leaves. May throw to end the run.
  std::function<void()> at_boundary;
  /// From one call to the next, as far as stages are predicted and not longer.
  double boundary_seconds = 1;
  /// Called before a circuit is executed, with all that it will take.
  Gates on_plan;
  /// Called after every stage of the executor, and after a circuit that needed none.
  Gates on_gates;
  /// Called with every circuit that was planned, before it runs.
  std::function<void(const PlannedCircuit& planned)> on_planned;
  /// Called after every stage of a planned circuit, with the seconds that it took.
  std::function<void(const Stage& stage, const Program& program, double seconds)> on_stage;

  /// Runs the tree; `leaf` sees every branch at its end, with the state as it is then. `first` is the root after its
  /// first advance, which ended with `status` and gave `circuit` of `gates` gates.
  void run(quantum::Machine first, const ReadyCircuit& circuit, std::uint64_t gates, quantum::Machine::Status status,
           const Leaf& leaf);

  /// Goes on from a position, with the state as it was there. `opening` is as run() has it. Throws Error(io) where the
  /// position is none of this script.
  void resume(TreePosition position, const ReadyCircuit& opening, const Leaf& leaf);

  /// Nothing in the middle of a measurement. Only where at_boundary was set before the run.
  [[nodiscard]] std::optional<TreePosition> position() const;

  [[nodiscard]] const BranchCosts& costs() const noexcept { return costs_; }

 private:
  /// The circuit that is being applied.
  struct Current {
    std::vector<bool> done;              ///< Steps of the program that it was lowered to.
    std::vector<std::uint32_t> numbers;  ///< In that program, of each step that is left; empty: they are the same.
    std::uint64_t fingerprint = 0;
    AxisPlaces layout;  ///< Before it.
  };

  [[nodiscard]] Branch root() const;
  /// The others are those whose states are computed again.
  [[nodiscard]] bool is_followed(const Branch& branch) const { return at_boundary && &branch == &branch_; }
  void go_on(quantum::Machine::Status status, const Leaf& leaf);
  [[nodiscard]] quantum::Machine::Status replay();
  void run_rest(const PlannedCircuit& planned, std::span<const std::unique_ptr<TileProgram>> compiled,
                const TreePosition& position);
  void follow(const Program& program);
  void note_done(const Stage& stage);
  void tell_boundary() const;
  void tell_plan(const PlannedCircuit& planned) const;
  [[nodiscard]] PlannedCircuit plan_circuit(const Branch& branch, quantum::Machine::Status status);
  [[nodiscard]] std::size_t part_size(const Branch& branch, std::span<const Stage> stages) const;
  void finish_circuit(Branch& branch, const PlannedCircuit& planned);
  void descend(Branch& branch, quantum::Machine::Status status);
  [[nodiscard]] quantum::Machine::Status advance(Branch& branch);
  [[nodiscard]] quantum::Machine::Status run_machine(Branch& branch);
  void apply_circuit(Branch& branch, quantum::Machine::Status status);
  void run_circuit(Branch& branch, const PlannedCircuit& planned,
                   std::span<const std::unique_ptr<TileProgram>> compiled);
  void run_stages(Branch& branch, std::span<const Stage> stages, const Program& program,
                  std::span<const std::unique_ptr<TileProgram>> compiled);
  void execute_stages(Branch& branch, std::span<const Stage> stages, const Program& program,
                      std::span<const std::unique_ptr<TileProgram>> compiled);
  void scale_where(quantum::ControlMask keep, double scale);
  void count(const Stage& stage);
  void renormalise(Branch& branch);
  void take(Branch& branch, const quantum::Outcome& outcome);
  void collapse(Branch& branch, const quantum::Outcome& outcome);
  void take_waiting();
  void save_state(Fork& fork);
  [[nodiscard]] bool load_state(const Fork& fork);
  [[nodiscard]] StorageLoss recompute(const Branch& target);

  std::shared_ptr<const quantum::Script> script_;
  StatePlace& state_;
  const CancelToken& cancel_;
  BranchSettings settings_;
  quantum::Circuit circuit_;
  std::vector<Fork> forks_;
  Branch branch_;
  /// Of the state; none in the middle of a measurement.
  std::optional<TreePosition::Kind> kind_;
  Current current_;
  BranchCosts costs_;
};

}  // namespace basalt
