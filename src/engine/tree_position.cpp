// Where a run is in its tree of branches, and how it goes on from there.
#include <algorithm>
#include <utility>

#include "basalt/error.h"
#include "base/hash.h"
#include "engine/branches.h"

namespace basalt {
namespace {

using quantum::Machine;

/// Of what steps do; not of their coefficients, which may round differently on another machine.
std::uint64_t fingerprint_of(const Program& program) {
  std::uint64_t fingerprint = mix(0, program.steps.size());
  for (const Step& step : program.steps) {
    for (const char letter : step.kernel) {
      fingerprint = mix(fingerprint, static_cast<unsigned char>(letter));
    }
    fingerprint = mix(mix(mix(fingerprint, step.access.mixes), step.access.reads), step.access.fixed);
  }
  return fingerprint;
}

[[noreturn]] void fail_to_fit() {
  throw Error(ErrorCode::io, "the checkpoint does not fit its own program",
              "resume with the version of Basalt that wrote it, or run the program anew");
}

/// How many stages from the first on are made of exactly the steps that are done; none where the plan was another.
std::optional<std::size_t> stages_of(const std::vector<bool>& done, std::span<const Stage> stages) {
  auto left = static_cast<std::size_t>(std::ranges::count(done, true));
  std::size_t count = 0;
  for (; left > 0 && count < stages.size(); ++count) {
    const std::vector<std::uint32_t>& steps = stages[count].steps;
    if (steps.size() > left || !std::ranges::all_of(steps, [&](std::uint32_t step) { return done[step]; })) {
      return std::nullopt;
    }
    left -= steps.size();
  }
  return left == 0 ? std::optional(count) : std::nullopt;
}

}  // namespace

std::optional<TreePosition> BranchTree::position() const {
  if (!kind_) {
    return std::nullopt;
  }
  return TreePosition{.kind = *kind_,
                      .forks = forks_,
                      .branch = branch_,
                      .steps_done = current_.done,
                      .fingerprint = current_.fingerprint,
                      .layout = kind_ == TreePosition::Kind::in_circuit ? current_.layout : state_.layout(),
                      .gates = costs_.gates};
}

void BranchTree::follow(const Program& program) {
  current_ = {.done = std::vector<bool>(program.steps.size()),
              .numbers = {},
              .fingerprint = fingerprint_of(program),
              .layout = state_.layout()};
  kind_ = TreePosition::Kind::in_circuit;
}

void BranchTree::note_done(const Stage& stage) {
  for (const std::uint32_t step : stage.steps) {
    current_.done[current_.numbers.empty() ? step : current_.numbers[step]] = true;
  }
}

void BranchTree::resume(TreePosition position, const ReadyCircuit& opening, const Leaf& leaf) {
  forks_ = std::move(position.forks);
  branch_ = std::move(position.branch);
  costs_.gates = position.gates;
  kind_ = position.kind;
  branch_.loss.add(state_.lost());
  Machine::Status status = replay();
  if (position.kind == TreePosition::Kind::between_leaves) {
    take_waiting();
    status = advance(branch_);
  } else if (position.kind == TreePosition::Kind::in_circuit) {
    if (branch_.advances == 1) {
      run_rest(opening.planned, opening.compiled, position);
    } else {
      state_.lay_out(position.layout);
      run_rest(plan_circuit(branch_, status), {}, position);
    }
    costs_.gates += circuit_.operations().size();
  } else {
    state_.lay_out(position.layout);
    state_.go_on(branch_.touched_axes, {});
  }
  go_on(status, leaf);
}

/// Brings the machines to where they were, and circuit_ to the branch's latest.
Machine::Status BranchTree::replay() {
  const bool between = kind_ == TreePosition::Kind::between_leaves;
  if (between && forks_.empty()) {
    fail_to_fit();
  }
  Branch& target = between ? forks_.back().branch : branch_;
  Machine machine(script_);
  auto fork = forks_.begin();
  for (std::uint64_t advances = 1, taken = 0;; ++advances) {
    circuit_.clear();
    const Machine::Status status = machine.advance(circuit_, cancel_);
    if (fork != forks_.end() && fork->branch.advances == advances) {
      const auto fits = [&](const quantum::Outcome& outcome) { return outcome.bits.size() == machine.wanted().size(); };
      if (status != Machine::Status::needs_outcomes || !std::ranges::all_of(fork->waiting, fits)) {
        fail_to_fit();
      }
      fork->branch.machine = machine;
      ++fork;
    }
    if (advances == target.advances) {
      if (fork != forks_.end()) {
        fail_to_fit();
      }
      target.machine = std::move(machine);
      return status;
    }
    if (status == Machine::Status::finished) {
      fail_to_fit();
    }
    if (status == Machine::Status::needs_outcomes) {
      if (taken == target.history.size() || target.history[taken].bits.size() != machine.wanted().size()) {
        fail_to_fit();
      }
      machine.provide(target.history[taken++].bits);
    }
  }
}

/// By the same plan where it is the same, so that amplitudes are those of a run that was not interrupted to the last
/// bit. Elsewhere what is left is planned anew: the order of steps in the program is one in which they may be applied.
void BranchTree::run_rest(const PlannedCircuit& planned, std::span<const std::unique_ptr<TileProgram>> compiled,
                          const TreePosition& position) {
  const Program& program = planned.lowered.program;
  if (position.steps_done.size() != program.steps.size() || position.fingerprint != fingerprint_of(program)) {
    fail_to_fit();
  }
  tell_plan(planned);
  current_ = {
      .done = position.steps_done, .numbers = {}, .fingerprint = position.fingerprint, .layout = position.layout};
  std::uint64_t touched_axes = branch_.touched_axes;
  for (std::size_t step = 0; step < program.steps.size(); ++step) {
    touched_axes |= position.steps_done[step] ? program.steps[step].access.mixes : 0;
  }
  const std::span<const Stage> stages = planned.plan.stages;
  if (const std::optional<std::size_t> done = stages_of(position.steps_done, stages)) {
    state_.go_on(touched_axes, stages.first(*done));
    for (const Stage& stage : stages.first(*done)) {
      on_gates ? on_gates(stage.steps.size(), stage.predicted_bytes) : void();
    }
    run_stages(branch_, stages.subspan(*done), program, compiled.empty() ? compiled : compiled.subspan(*done));
  } else {
    state_.go_on(touched_axes, {});
    current_.layout = state_.layout();
    PlannedCircuit rest;
    for (std::uint32_t step = 0; step < program.steps.size(); ++step) {
      if (!position.steps_done[step]) {
        rest.lowered.program.steps.push_back(program.steps[step]);
        current_.numbers.push_back(step);
      }
    }
    rest = state_.plan_lowered(std::move(rest), touched_axes);
    run_stages(branch_, rest.plan.stages, rest.lowered.program, {});
  }
  finish_circuit(branch_, planned);
}

}  // namespace basalt
