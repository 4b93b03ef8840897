#include "engine/branches.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/hash.h"
#include "base/stopwatch.h"
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
      circuit_(script_->qubit_count) {}

void BranchTree::run(Machine first, const ReadyCircuit& circuit, std::uint64_t gates, Machine::Status status,
                     const Leaf& leaf) {
  Branch branch{.machine = std::move(first),
                .shots = settings_.shots,
                .key = mix(settings_.seed, script_->qubit_count),
                .global_phase = 0,
                .history = {},
                .steps_since_norm = 0,
                .stages = 0,
                .touched_axes = 0,
                .map = {}};
  run_circuit(branch, circuit.planned, circuit.compiled);
  costs_.gates += gates;
  for (;;) {
    descend(branch, status);
    leaf(branch);
    if (forks_.empty()) {
      return;
    }
    branch = take_waiting();
    status = advance(branch);
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
  costs_.plan_seconds += watch.seconds();
  return status;
}

void BranchTree::apply_circuit(Branch& branch, Machine::Status status) {
  const Stopwatch watch;
  const bool ends = status == Machine::Status::finished;
  const PlannedCircuit planned = state_.plan(
      circuit_, ends ? settings_.passes_at_end(branch.machine) : settings_.passes_before_more, branch.touched_axes);
  costs_.plan_seconds += watch.seconds();
  run_circuit(branch, planned, {});
  costs_.gates += circuit_.operations().size();
}

void BranchTree::run_circuit(Branch& branch, const PlannedCircuit& planned,
                             std::span<const std::unique_ptr<TileProgram>> compiled) {
  const std::span<const Stage> stages = planned.plan.stages;
  const Program& program = planned.lowered.program;
  if (on_planned) {
    on_planned(planned);
  }
  if (on_plan) {
    on_plan(program.steps.size(), planned.plan.predicted_bytes);
  }
  for (std::size_t first = 0; first < stages.size();) {
    std::size_t count = 0;
    while (first + count < stages.size() && branch.steps_since_norm < kStepsPerNorm) {
      branch.steps_since_norm += stages[first + count].steps.size();
      ++count;
    }
    execute_stages(stages.subspan(first, count), program, compiled.empty() ? compiled : compiled.subspan(first, count),
                   true);
    branch.stages += count;
    first += count;
    if (branch.steps_since_norm >= kStepsPerNorm) {
      branch.steps_since_norm = 0;
      renormalise();
    }
  }
  if (stages.empty() && on_gates) {
    on_gates(0, 0);  // passes may leave nothing of any number of gates: who follows them can still stop the run
  }
  for (const Step& step : program.steps) {
    branch.touched_axes |= step.access.mixes;
  }
  branch.map = planned.lowered.map;
  branch.global_phase += planned.lowered.global_phase;
}

/// `report`: to those who follow gates.
void BranchTree::execute_stages(std::span<const Stage> stages, const Program& program,
                                std::span<const std::unique_ptr<TileProgram>> compiled, bool report) {
  const metrics::Span span(metrics::SpanName::execute);
  const Stopwatch watch;
  state_.execute(stages, program, compiled, [&](const Stage& stage, double seconds) {
    count(stage);
    if (report && on_stage) {
      on_stage(stage, program, seconds);
    }
    if (report && on_gates) {
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
void BranchTree::renormalise() {
  if (state_.type() != ElementType::c64) {
    return;
  }
  const Stopwatch watch;
  const double norm = state_.reader(nullptr)->norm();
  ++costs_.sweeps;
  costs_.execute_seconds += watch.seconds();
  if (std::abs(norm - 1) > kNormTolerance) {
    scale_where({}, 1 / std::sqrt(norm));
  }
}

void BranchTree::take(Branch& branch, const Outcome& outcome) {
  collapse(branch, outcome);
  branch.machine.provide(outcome.bits);
  branch.shots = outcome.shots;
  branch.key = key_of(branch.key, outcome.bits);
  branch.history.push_back(outcome);
}

void BranchTree::collapse(const Branch& branch, const Outcome& outcome) {
  if (outcome.probability >= certainty(state_.type())) {
    return;
  }
  const quantum::ControlMask keep = quantum::where_measured(branch.map, branch.machine.wanted(), outcome.bits);
  // With too many qubits for a table of probabilities, the outcome's is not known yet.
  const double probability = outcome.probability > 0 ? outcome.probability : state_.reader(nullptr)->norm_where(keep);
  scale_where(keep, 1 / std::sqrt(probability));
}

/// Goes back to the last fork and takes the next outcome that waits there.
Branch BranchTree::take_waiting() {
  Fork& fork = forks_.back();
  const Outcome next = std::move(fork.waiting.back());
  fork.waiting.pop_back();
  Branch branch = fork.branch;
  if (!load_state(fork)) {
    recompute(fork.branch);
  }
  if (fork.waiting.empty()) {
    forks_.pop_back();
  }
  take(branch, next);
  return branch;
}

void BranchTree::save_state(Fork& fork) {
  const Stopwatch watch;
  fork.saved = state_.save(fork.branch.stages >= kStagesWorthSpilling);
  costs_.sweeps += fork.saved ? 1 : 0;
  costs_.execute_seconds += watch.seconds();
}

bool BranchTree::load_state(const Fork& fork) {
  const Stopwatch watch;
  const bool loaded = fork.saved && state_.load(*fork.saved, fork.waiting.empty());
  costs_.sweeps += loaded ? 1 : 0;
  costs_.execute_seconds += watch.seconds();
  return loaded;
}

/// Computes the state of `target` again: the same script with the outcomes of its history.
void BranchTree::recompute(const Branch& target) {
  state_.reset();
  ++costs_.sweeps;
  Branch branch{.machine = Machine(script_),
                .shots = target.shots,
                .key = 0,
                .global_phase = 0,
                .history = {},
                .steps_since_norm = 0,
                .stages = 0,
                .touched_axes = 0,
                .map = {}};
  for (std::size_t taken = 0;;) {
    if (advance(branch) == Machine::Status::needs_outcomes) {
      if (taken == target.history.size()) {
        return;
      }
      take(branch, target.history[taken++]);
    }
  }
}

}  // namespace basalt
