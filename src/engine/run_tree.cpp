#include "engine/run_tree.h"

#include "base/stopwatch.h"
#include "engine/branches.h"
#include "engine/pass_entry.h"
#include "engine/progress_meter.h"
#include "engine/run_keeper.h"
#include "engine/stage_entry.h"
#include "runtime/metrics/span.h"

namespace basalt {
namespace {

using quantum::Machine;

/// That were not in a leaf yet.
std::uint64_t shots_left(const TreePosition& position) {
  std::uint64_t shots = position.kind == TreePosition::Kind::between_leaves ? 0 : position.branch.shots;
  for (const Fork& fork : position.forks) {
    for (const quantum::Outcome& outcome : fork.waiting) {
      shots += outcome.shots;
    }
  }
  return shots;
}

void add_stage(Report& report, const Stage& stage, const Program& program, double seconds) {
  constexpr std::size_t kMostStages = 1000;
  if (report.stages.size() == kMostStages) {
    return;
  }
  StageEntry& entry = report.stages.emplace_back(stage_entry(program, stage));
  entry.actual_seconds = seconds;
}

/// From where the run is on disk, if it is.
void run_kept(Job& job, StatePlace& place, BranchTree& tree, ProgressMeter& meter, const ReadyCircuit& circuit,
              const BranchTree::Leaf& leaf, const std::function<void()>& run_anew) {
  RunKeeper& keeper = *job.keeper;
  std::optional<TreePosition> position;
  if (job.request.checkpoint.resume) {
    position = keeper.load();
    if (!position) {
      place.reset();
    }
  }
  keeper.follow(&tree);
  tree.at_boundary = [&] { keeper.at_boundary(); };
  tree.boundary_seconds = keeper.boundary_seconds();
  try {
    if (position) {
      if (!position->forks.empty()) {
        meter.branch();
        meter.shots_done(job.request.shots - shots_left(*position));
      }
      tree.resume(std::move(*position), circuit, leaf);
    } else {
      run_anew();
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) {
      keeper.stop();
    }
    keeper.follow(nullptr);
    throw;
  }
  keeper.follow(nullptr);
}

}  // namespace

PlannedCircuit plan_opening_for(Job& job, StatePlace& place) {
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::plan);
  PlannedCircuit planned = place.plan(job.opening->circuit, job.opening_options(), 0);
  job.report.timing.plan += watch.seconds();
  return planned;
}

void run_tree(Job& job, StatePlace& place, const ReadyCircuit& circuit, const std::function<void()>& on_split) {
  BranchTree tree(job.script, place, job.cancel,
                  {.shots = job.request.shots,
                   .seed = job.report.seed,
                   .passes_before_more = options_before_more(job.request),
                   .passes_at_end = [&](const Machine& machine) { return job.options_at_end_of(machine); }});
  ProgressMeter meter(job.hooks, job.request.shots);
  if (job.opening->status == Machine::Status::finished) {
    tree.on_plan = [&](std::uint64_t gates, double bytes) { meter.expect(gates, bytes); };
  }
  tree.on_planned = [&](const PlannedCircuit& planned) { add_passes(job.report.passes, planned.passes); };
  tree.on_stage = [&](const Stage& stage, const Program& program, double seconds) {
    add_stage(job.report, stage, program, seconds);
  };
  tree.on_gates = [&](std::uint64_t gates, double bytes) { meter.gates_done(gates, bytes); };
  tree.on_split = [&](std::size_t) {
    job.results->branching();
    meter.branch();
    on_split();
  };
  RunKeeper* const keeper = job.keeper.get();
  const BranchTree::Leaf leaf = [&](const Branch& branch) {
    const Stopwatch sampling;
    const metrics::Span span(metrics::SpanName::results);
    if (keeper != nullptr) {
      keeper->begin_leaf();
    }
    job.results->add(*place.reader(&branch.map), branch);
    if (keeper != nullptr) {
      keeper->end_leaf();
    }
    job.report.timing.sample += sampling.seconds();
    meter.shots_done(branch.shots);
  };
  const auto run_anew = [&] {
    tree.run(job.opening->machine, circuit, job.opening->circuit.operations().size(), job.opening->status, leaf);
  };
  if (keeper != nullptr) {
    run_kept(job, place, tree, meter, circuit, leaf, run_anew);
  } else {
    run_anew();
  }
  job.report.gates = tree.costs().gates;
  job.report.sweeps = tree.costs().sweeps;
  job.report.bytes_moved = tree.costs().bytes_moved;
  job.report.predicted_seconds = tree.costs().predicted_seconds;
  job.report.predicted_flops = tree.costs().predicted_flops;
  job.report.timing.plan += tree.costs().plan_seconds;
  job.report.timing.execute = tree.costs().execute_seconds;
}

}  // namespace basalt
