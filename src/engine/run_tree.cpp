#include "engine/run_tree.h"

#include "base/stopwatch.h"
#include "engine/branches.h"
#include "engine/pass_entry.h"
#include "engine/progress_meter.h"
#include "engine/stage_entry.h"
#include "runtime/metrics/span.h"

namespace basalt {
namespace {

using quantum::Machine;

void add_stage(Report& report, const Stage& stage, const Program& program, double seconds) {
  constexpr std::size_t kMostStages = 1000;
  if (report.stages.size() == kMostStages) {
    return;
  }
  StageEntry& entry = report.stages.emplace_back(stage_entry(program, stage));
  entry.actual_seconds = seconds;
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
  tree.run(job.opening->machine, circuit, job.opening->circuit.operations().size(), job.opening->status,
           [&](const Branch& branch) {
             const Stopwatch sampling;
             const metrics::Span span(metrics::SpanName::results);
             job.results->add(*place.reader(&branch.map), branch);
             job.report.timing.sample += sampling.seconds();
             meter.shots_done(branch.shots);
           });
  job.report.gates = tree.costs().gates;
  job.report.sweeps = tree.costs().sweeps;
  job.report.bytes_moved = tree.costs().bytes_moved;
  job.report.predicted_seconds = tree.costs().predicted_seconds;
  job.report.predicted_flops = tree.costs().predicted_flops;
  job.report.timing.plan += tree.costs().plan_seconds;
  job.report.timing.execute = tree.costs().execute_seconds;
}

}  // namespace basalt
