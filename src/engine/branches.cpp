#include "engine/branches.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/hash.h"
#include "base/stopwatch.h"
#include "engine/norm_watch.h"
#include "runtime/metrics/span.h"
#include "workloads/quantum/results/blocks.h"

namespace basalt {
namespace {

using quantum::Machine;
using quantum::Outcome;

/// In c64 the norm is looked at after about this many steps and put right where it is further from 1 than the
/// tolerance. The worst gate errs by 8e-8, so that it stays within 2e-5 however many gates there are.
constexpr std::size_t kStepsPerNorm = 256;
constexpr double kNormTolerance = 1e-6;

/// A disk is some thirty times slower than memory: a state that fewer stages made is sooner made again than read back.
constexpr std::size_t kStagesWorthSpilling = 64;

/// Branches whose outcome is certain to this much are not projected: the rest is rounding.
double certainty(ElementType type) {
  return type == ElementType::c64 ? 1 - 1e-9 : 1 - 1e-14;
}

std::uint64_t key_of(std::uint64_t parent, const std::vector<std::uint8_t>& bits) {
  std::uint64_t key = mix(parent, bits.size());
  for (const std::uint8_t bit : bits) {
    key = mix(key, bit);
  }
  return key;
}

}  // namespace

BranchTree::BranchTree(std::shared_ptr<const quantum::Script> script, StatePlace& state, const CancelToken& cancel,
                       BranchSettings settings)
    : script_(std::move(script)),
      state_(state),
      cancel_(cancel),
      settings_(std::move(settings)),
      circuit_(script_->qubit_count),
      branch_(root()) {}

Branch BranchTree::root() const {
  return {.machine = Machine(script_),
          .shots = settings_.shots,
          .key = mix(settings_.seed, script_->qubit_count),
          .global_phase = 0,
          .history = {},
          .steps_since_norm = 0,
          .stages = 0,
          .touched_axes = 0,
          .map = {},
          .loss = {},
          .advances = 0};
}

void BranchTree::run(Machine first, const ReadyCircuit& circuit, std::uint64_t gates, Machine::Status status,
                     const Leaf& leaf) {
  branch_.machine = std::move(first);
  branch_.advances = 1;
  run_circuit(branch_, circuit.planned, circuit.compiled);
  costs_.gates += gates;
  go_on(status, leaf);
}

/// From the end of a circuit on.
void BranchTree::go_on(Machine::Status status, const Leaf& leaf) {
  for (;;) {
    descend(branch_, status);
    leaf(branch_);
    if (forks_.empty()) {
      return;
    }
    kind_ = TreePosition::Kind::between_leaves;
    tell_boundary();
    take_waiting();
    status = advance(branch_);
  }
}

void BranchTree::tell_boundary() const {
  if (at_boundary) {
    at_boundary();
  }
}

/// Goes on to the end of the branch. At a fork takes the first outcome and leaves the others waiting.
void BranchTree::descend(Branch& branch, Machine::Status status) {
  while (status != Machine::Status::finished) {
    if (status == Machine::Status::needs_outcomes) {
      const Stopwatch watch;
      const metrics::Span span(metrics::SpanName::measure);
      std::vector<Outcome> outcomes = state_.reader(nullptr)->draw_outcomes(branch.machine.wanted(), branch.shots,
                                                                            settings_.seed, mix(branch.key, 1));
      ++costs_.sweeps;
      costs_.execute_seconds += watch.seconds();
      kind_.reset();
      if (outcomes.size() == 1) {
        take(branch, outcomes.front());
      } else {
        if (on_split) {
          on_split(outcomes.size());
        }
        Fork fork{.branch = branch, .waiting = std::move(outcomes), .saved = std::nullopt};
        std::reverse(fork.waiting.begin(), fork.waiting.end());
        const Outcome next = std::move(fork.waiting.back());
        fork.waiting.pop_back();
        save_state(fork);
        forks_.push_back(std::move(fork));
        take(branch, next);
      }
    }
    status = advance(branch);
  }
}

Machine::Status BranchTree::advance(Branch& branch) {
  const Machine::Status status = run_machine(branch);
  apply_circuit(branch, status);
  return status;
}

Machine::Status BranchTree::run_machine(Branch& branch) {
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::plan);
  circuit_.clear();
  const Machine::Status status = branch.machine.advance(circuit_, cancel_);
  ++branch.advances;
  costs_.plan_seconds += watch.seconds();
  return status;
}

PlannedCircuit BranchTree::plan_circuit(const Branch& branch, Machine::Status status) {
  const Stopwatch watch;
  const bool ends = status == Machine::Status::finished;
  PlannedCircuit planned = state_.plan(
      circuit_, ends ? settings_.passes_at_end(branch.machine) : settings_.passes_before_more, branch.touched_axes);
  costs_.plan_seconds += watch.seconds();
  return planned;
}

void BranchTree::apply_circuit(Branch& branch, Machine::Status status) {
  const PlannedCircuit planned = plan_circuit(branch, status);
  run_circuit(branch, planned, {});
  costs_.gates += circuit_.operations().size();
}

void BranchTree::run_circuit(Branch& branch, const PlannedCircuit& planned,
                             std::span<const std::unique_ptr<TileProgram>> compiled) {
  tell_plan(planned);
  if (is_followed(branch)) {
    follow(planned.lowered.program);
  }
  run_stages(branch, planned.plan.stages, planned.lowered.program, compiled);
  finish_circuit(branch, planned);
}

void BranchTree::tell_plan(const PlannedCircuit& planned) const {
  if (on_planned) {
    on_planned(planned);
  }
  if (on_plan) {
    on_plan(planned.lowered.program.steps.size(), planned.plan.predicted_bytes);
  }
}

/// After each part comes a look at the norm, or a boundary, or both.
std::size_t BranchTree::part_size(const Branch& branch, std::span<const Stage> stages) const {
  std::size_t count = 0;
  std::size_t steps = branch.steps_since_norm;
  double seconds = 0;
  while (count < stages.size() && steps < kStepsPerNorm && !(at_boundary && count > 0 && seconds >= boundary_seconds)) {
    const double predicted = stages[count].predicted_seconds;
    seconds += predicted > 0 ? predicted : boundary_seconds;
    steps += stages[count].steps.size();
    ++count;
  }
  return count;
}

void BranchTree::run_stages(Branch& branch, std::span<const Stage> stages, const Program& program,
                            std::span<const std::unique_ptr<TileProgram>> compiled) {
  for (std::size_t first = 0; first < stages.size();) {
    const std::size_t count = part_size(branch, stages.subspan(first));
    execute_stages(branch, stages.subspan(first, count), program,
                   compiled.empty() ? compiled : compiled.subspan(first, count));
    first += count;
    if (branch.steps_since_norm >= kStepsPerNorm) {
      renormalise(branch);
    }
    tell_boundary();
  }
  if (stages.empty() && on_gates) {
    on_gates(0, 0);  // passes may leave nothing of any number of gates: who follows them can still stop the run
  }
}

void BranchTree::finish_circuit(Branch& branch, const PlannedCircuit& planned) {
  for (const Step& step : planned.lowered.program.steps) {
    branch.touched_axes |= step.access.mixes;
  }
  branch.map = planned.lowered.map;
  branch.global_phase += planned.lowered.global_phase;
  if (is_followed(branch)) {
    current_ = {};
    kind_ = TreePosition::Kind::after_circuit;
  }
}

void BranchTree::execute_stages(Branch& branch, std::span<const Stage> stages, const Program& program,
                                std::span<const std::unique_ptr<TileProgram>> compiled) {
  const metrics::Span span(metrics::SpanName::execute);
  const Stopwatch watch;
  state_.execute(stages, program, compiled, [&](const Stage& stage, double seconds) {
    count(stage);
    branch.steps_since_norm += stage.steps.size();
    ++branch.stages;
    branch.loss.add(state_.lost());
    if (is_followed(branch)) {
      note_done(stage);
    }
    if (on_stage) {
      on_stage(stage, program, seconds);
    }
    if (on_gates) {
      on_gates(stage.steps.size(), stage.predicted_bytes);
    }
  });
  costs_.execute_seconds += watch.seconds();
}

void BranchTree::count(const Stage& stage) {
  costs_.bytes_moved += stage.predicted_bytes;
  costs_.predicted_seconds += stage.predicted_seconds;
  costs_.predicted_flops += stage.predicted_flops;
  ++costs_.sweeps;
}

void BranchTree::scale_where(quantum::ControlMask keep, double scale) {
  const metrics::Span span(metrics::SpanName::execute);
  const Stopwatch watch;
  state_.scale_where(keep, scale, [&](const Stage& stage, double /*seconds*/) { count(stage); });
  costs_.execute_seconds += watch.seconds();
}

/// A gate's matrix rounded to f32 is not quite unitary, and equal gates err the same way: the norm drifts. f64 does
/// not need this (1e-13 in a thousand gates).
void BranchTree::renormalise(Branch& branch) {
  const std::optional<TreePosition::Kind> kind = kind_;
  kind_.reset();
  branch.steps_since_norm = 0;
  if (state_.type() == ElementType::c64) {
    const Stopwatch watch;
    const double norm = state_.reader(nullptr)->norm();
    ++costs_.sweeps;
    costs_.execute_seconds += watch.seconds();
    expect_norm(norm, state_.type(), branch.loss.norm_slack(),
                fmt::format("after stage {} of its branch", branch.stages).c_str());
    if (std::abs(norm - 1) > kNormTolerance) {
      const double factor = 1 / std::sqrt(norm);
      scale_where({}, factor);
      branch.loss.scale(factor);
    }
  }
  kind_ = kind;
}

void BranchTree::take(Branch& branch, const Outcome& outcome) {
  collapse(branch, outcome);
  branch.machine.provide(outcome.bits);
  branch.shots = outcome.shots;
  branch.key = key_of(branch.key, outcome.bits);
  branch.history.push_back(outcome);
}

void BranchTree::collapse(Branch& branch, const Outcome& outcome) {
  if (outcome.probability >= certainty(state_.type())) {
    return;
  }
  const quantum::ControlMask keep = quantum::where_measured(branch.map, branch.machine.wanted(), outcome.bits);
  // With too many qubits for a table of probabilities, the outcome's is not known yet.
  const double probability = outcome.probability > 0 ? outcome.probability : state_.reader(nullptr)->norm_where(keep);
  const double factor = 1 / std::sqrt(probability);
  scale_where(keep, factor);
  branch.loss.project(factor);
  branch.touched_axes &= ~(keep.mask & ~keep.value);
}

/// Goes back to the last fork and takes the next outcome that waits there.
void BranchTree::take_waiting() {
  Fork& fork = forks_.back();
  branch_ = fork.branch;
  if (!load_state(fork)) {
    branch_.loss = recompute(branch_);
  }
  kind_.reset();
  const Outcome next = std::move(fork.waiting.back());
  fork.waiting.pop_back();
  if (fork.waiting.empty()) {
    forks_.pop_back();
  }
  take(branch_, next);
}

void BranchTree::save_state(Fork& fork) {
  const Stopwatch watch;
  fork.saved = state_.save(fork.branch.stages >= kStagesWorthSpilling);
  costs_.sweeps += fork.saved ? 1 : 0;
  costs_.execute_seconds += watch.seconds();
}

bool BranchTree::load_state(const Fork& fork) {
  const Stopwatch watch;
  const bool loaded = fork.saved && state_.load(*fork.saved, fork.waiting.size() == 1);
  costs_.sweeps += loaded ? 1 : 0;
  costs_.execute_seconds += watch.seconds();
  return loaded;
}

/// Computes the state of `target` again: the same script with the outcomes of its history. What storing it lost may be
/// another.
StorageLoss BranchTree::recompute(const Branch& target) {
  state_.reset();
  ++costs_.sweeps;
  Branch branch = root();
  branch.shots = target.shots;
  for (std::size_t taken = 0;;) {
    if (advance(branch) == Machine::Status::needs_outcomes) {
      if (taken == target.history.size()) {
        return branch.loss;
      }
      take(branch, target.history[taken++]);
    }
  }
}

}  // namespace basalt
