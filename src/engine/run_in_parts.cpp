#include "engine/run_in_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "basalt/memory/adaptors.h"
#include "base/stopwatch.h"
#include "engine/branches.h"
#include "engine/choices.h"
#include "engine/host_place.h"
#include "engine/part_results.h"
#include "engine/pass_entry.h"
#include "engine/progress_meter.h"
#include "runtime/metrics/span.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

/// As if it were a program of its own.
std::shared_ptr<const quantum::Script> script_of(const quantum::Script& whole, const quantum::CircuitPart& part) {
  auto script = std::make_shared<quantum::Script>(whole);
  script->qubit_count = static_cast<quantum::Qubit>(part.qubits.size());
  return script;
}

class PartRun {
 public:
  PartRun(Job& job, const SplitProgram& split, PartResults& results, MemoryResource& memory, const Arena& arena)
      : job_(job), split_(split), results_(results), memory_(memory), arena_(arena) {}

  void run(const quantum::CircuitPart& part) {
    const Stopwatch allocating;
    Field state(memory_, job_.type(), static_cast<int>(part.qubits.size()));
    prepare_zero_state(state, arena_, job_.cancel);
    job_.report.timing.allocate += allocating.seconds();
    StateStore store(memory_, 0, nullptr, arena_, job_.cancel);
    const ExecuteContext context{.kernels = job_.resources.kernels(),
                                 .arena = arena_,
                                 .cancel = job_.cancel,
                                 .memory = memory_,
                                 .tiles = quantum::tile_compiler(),
                                 .at_boundary = {},
                                 .on_stage_done = {}};
    PlanLimits limits = job_.limits;
    limits.threads = worthwhile_threads(state.size_bytes(), limits);
    HostPlace place(state, memory_, store, context, limits);
    const Stopwatch planning;
    const ReadyCircuit ready{.planned = place.plan(part.circuit, {.without = job_.request.without_passes}, 0),
                             .compiled = {}};
    job_.report.timing.plan += planning.seconds();
    BranchTree tree(
        script_of(*job_.script, part), place, job_.cancel,
        {.shots = job_.request.shots, .seed = job_.report.seed, .passes_before_more = {}, .passes_at_end = {}});
    tree.on_planned = [&](const PlannedCircuit& planned) { add_passes(job_.report.passes, planned.passes); };
    tree.run(split_.machine, ready, part.circuit.operations().size(), quantum::Machine::Status::finished,
             [&](const Branch& branch) {
               const Stopwatch sampling;
               results_.add(*place.reader(&branch.map), branch.global_phase);
               job_.report.timing.sample += sampling.seconds();
             });
    note(part, tree.costs(), ready.planned.plan.stages.size());
  }

 private:
  void note(const quantum::CircuitPart& part, const BranchCosts& costs, std::size_t stages) {
    job_.report.parts.push_back({.qubits = part.qubits,
                                 .gates = costs.gates,
                                 .stages = stages,
                                 .predicted_seconds = costs.predicted_seconds,
                                 .actual_seconds = costs.execute_seconds});
    job_.report.gates += costs.gates;
    job_.report.sweeps += costs.sweeps;
    job_.report.bytes_moved += costs.bytes_moved;
    job_.report.predicted_seconds += costs.predicted_seconds;
    job_.report.predicted_flops += costs.predicted_flops;
    job_.report.timing.execute += costs.execute_seconds;
  }

  Job& job_;
  const SplitProgram& split_;
  PartResults& results_;
  MemoryResource& memory_;
  const Arena& arena_;
};

}  // namespace

MemoryEstimate estimate_parts(const Request& request, const quantum::Script& script, const SplitProgram& split,
                              int threads) {
  quantum::Script largest;
  largest.qubit_count = split.most_qubits();
  largest.registers = script.registers;
  MemoryEstimate estimate = estimate_memory(request, largest, threads);
  estimate.counts_bytes = estimate_counts(request, script) + PartResults::draw_bytes(request, script, split);
  return estimate;
}

void prepare_parts(Job& job, const SplitProgram& split) {
  job.most_threads = most_threads(job.request, job.inventory, job.report.notes);
  job.report.backend = "cpu";
  show_something(job);
  const MemoryEstimate estimate = estimate_parts(job.request, *job.script, split, job.most_threads);
  if (estimate.promised_bytes() > job.limit.value) {
    wait_for_sight_of(job, estimate.promised_bytes());
  }
  quantum::Script largest;
  largest.qubit_count = split.most_qubits();
  admit(estimate, job.request, largest, job.limit);
  job.estimate = estimate;
  job.report.memory.estimate_bytes = estimate.total_bytes();
  job.report.memory.limit_bytes = job.limit.value;
  job.report.memory.limit_source = job.limit.source;
}

void run_in_parts(Job& job, const SplitProgram& split) {
  PartResults results(job.request, *job.script, split, job.report);
  LimitAdaptor bounded(job.memory(), job.lease.host_bytes());
  TrackingAdaptor memory(bounded, job.resources.holders(), fmt::format("job {}", job.usage.job()));
  const ArenaCache::Loan loan = job.resources.arenas().lend(std::max(1, job.lease.cores()));
  ProgressMeter meter(job.hooks, job.request.shots);
  meter.expect(split.gates, static_cast<double>(split.gates));
  PartRun run(job, split, results, memory, *loan);
  for (const quantum::CircuitPart& part : split.parts) {
    run.run(part);
    meter.gates_done(part.circuit.operations().size(), static_cast<double>(part.circuit.operations().size()));
  }
  const Stopwatch finishing;
  results.finish();
  job.report.timing.sample += finishing.seconds();
  job.report.memory.peak_bytes = bounded.peak_bytes();
  meter.shots_done(job.request.shots);
}

}  // namespace basalt
