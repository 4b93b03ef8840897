#include "engine/run_on_tableau.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "basalt/error.h"
#include "basalt/memory/adaptors.h"
#include "base/stopwatch.h"
#include "engine/choices.h"
#include "engine/progress_meter.h"
#include "engine/shot_tree.h"
#include "engine/tableau_results.h"
#include "runtime/cpu/sweep.h"
#include "runtime/metrics/span.h"

namespace basalt {
namespace {

/// Most for outcomes of what comes after the opening, whose number nobody knows before.
constexpr std::uint64_t kLaterBytes = std::uint64_t{64} << 20;

void admit_tableau(const Job& job, const MemoryEstimate& estimate) {
  const std::uint64_t needed = estimate.promised_bytes();
  if (needed > job.limit.value) {
    throw Error(ErrorCode::out_of_resources,
                fmt::format("a tableau of {} qubits needs {}, and {} with what lies beside it; this process may use {} "
                            "({})",
                            job.qubits(), format_bytes(estimate.state_bytes), format_bytes(needed),
                            format_bytes(job.limit.value), job.limit.source),
                "use fewer qubits or shots, or give more memory");
  }
}

}  // namespace

MemoryEstimate estimate_tableau(const Request& request, const quantum::Script& script, const CliffordOpening& opening) {
  const quantum::Qubit qubits = script.qubit_count;
  const std::uint64_t records = opening.machine.record_count();
  const bool goes_on = opening.status != quantum::Machine::Status::finished;
  const std::uint64_t table_bytes = quantum::Frames::size_bytes(qubits) + quantum::Frames::record_bytes(records);
  const std::uint64_t tables = ShotTree::tables_at_a_time(qubits, records, request.shots);
  const auto depth = static_cast<std::uint64_t>(std::bit_width(std::min(request.shots, tables * quantum::kFrameShots)));
  MemoryEstimate estimate;
  estimate.state_bytes = quantum::Tableau::size_bytes(qubits);
  // the opening's, the group's and, for probabilities, one that is measured; groups wait where shots part
  estimate.saved_states = 2 + (goes_on ? depth : 0);
  estimate.scratch_bytes =
      (goes_on ? 2 * tables + depth : tables) * table_bytes + opening.steps.size() * sizeof(quantum::CliffordStep);
  if (!request.probability_qubits.empty()) {
    estimate.scratch_bytes += std::uint64_t{8} << std::min<std::size_t>(request.probability_qubits.size(), 40);
  }
  estimate.counts_bytes = estimate_counts(request, script);
  return estimate;
}

int tableau_threads(const Request& request, const CliffordOpening& opening, quantum::Qubit qubits, int most) {
  const std::uint64_t tables = ShotTree::tables_at_a_time(qubits, opening.machine.record_count(), request.shots);
  return static_cast<int>(std::min<std::uint64_t>(tables, static_cast<std::uint64_t>(most)));
}

void prepare_tableau(Job& job, const CliffordOpening& opening) {
  const int most = most_threads(job.request, job.inventory, job.report.notes);
  job.report.threads = tableau_threads(job.request, opening, job.script->qubit_count, most);
  job.report.backend = "cpu";
  job.estimate = estimate_tableau(job.request, *job.script, opening);
  if (job.estimate.promised_bytes() > job.limit.value) {
    wait_for_sight_of(job, job.estimate.promised_bytes());
  }
  admit_tableau(job, job.estimate);
  if (opening.status != quantum::Machine::Status::finished) {
    job.estimate.scratch_bytes += std::min(kLaterBytes, (job.limit.value - job.estimate.promised_bytes()) / 4);
  }
  job.report.memory.estimate_bytes = job.estimate.total_bytes();
  job.report.memory.limit_bytes = job.limit.value;
  job.report.memory.limit_source = job.limit.source;
}

void run_on_tableau(Job& job, const CliffordOpening& opening) {
  TableauResults results(job.request, *job.script, job.report);
  LimitAdaptor bounded(job.memory(), job.lease.host_bytes());
  TrackingAdaptor memory(bounded, job.resources.holders(), fmt::format("job {}", job.usage.job()));
  const ArenaCache::Loan loan = job.resources.arenas().lend(std::max(1, job.lease.cores()));
  ProgressMeter meter(job.hooks, job.request.shots);
  meter.branch();
  ShotTree tree(
      opening, job.script->qubit_count,
      {.shots = job.request.shots, .seed = job.report.seed, .arena = *loan, .cancel = job.cancel, .memory = memory});
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::execute);
  tree.run([&](ShotGroup& group) {
    const Stopwatch sampling;
    results.add(group, job.cancel);
    job.report.timing.sample += sampling.seconds();
    meter.shots_done(group.shots());
  });
  job.report.timing.execute = watch.seconds() - job.report.timing.sample;
  job.report.gates = tree.gates();
  job.report.memory.peak_bytes = bounded.peak_bytes();
  const Stopwatch finishing;
  job.report.memory.counts_bytes = results.counts_bytes();
  results.finish();
  job.report.timing.sample += finishing.seconds();
}

}  // namespace basalt
