#include "engine/run_on_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/stopwatch.h"
#include "engine/host_place.h"
#include "engine/occupancy.h"
#include "engine/run_keeper.h"
#include "engine/run_tree.h"
#include "engine/state_access.h"
#include "engine/state_checkpoint.h"
#include "engine/verified_place.h"
#include "runtime/cpu/sweep.h"
#include "runtime/metrics/span.h"
#include "runtime/metrics/work_time.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

/// From here on others are told what a job has touched: a turn at their table takes as long as many a small job.
constexpr std::uint64_t kWorthTelling = std::uint64_t{1} << 20;

Field allocate_state(const Job& job, MemoryResource& memory, const Arena& arena) {
  const metrics::Span span(metrics::SpanName::allocate);
  const metrics::MemoryTime memory_time;
  Field state(memory, job.type(), job.qubits());
  prepare_zero_state(state, arena, job.cancel);
  return state;
}

VerifiedPlace::Subject subject_of(const Field& state) {
  return {.name = "the CPU",
          .advice =
              "run again; if it happens again, trust no results of this machine until its memory and its clock "
              "were looked at",
          .download_tile = [&](std::uint64_t base, std::uint64_t axes, std::span<std::byte> to) {
            const std::uint64_t element = element_bytes(state.type);
            const std::uint64_t run = std::uint64_t{1} << std::countr_one(axes);
            const std::uint64_t starts = axes & ~(run - 1);
            std::uint64_t start = 0;
            for (std::uint64_t done = 0; done < to.size(); done += run * element) {
              std::memcpy(to.data() + done, state.buffer.data() + (base | start) * element, run * element);
              start = (start - starts) & starts;  // the next larger number with bits of `starts` only
            }
          }};
}

}  // namespace

std::shared_ptr<const ReadyCircuit> plan_opening(Job& job) {
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::plan);
  const quantum::PassOptions options = job.opening_options();
  const ElementType type = job.type();
  const PlanKey key = plan_key(type, job.limits.threads, job.limits.instruction_set, options);
  std::shared_ptr<const ReadyCircuit> result =
      job.plans().circuit(key, [&] { return make_ready(job.opening->circuit, options, type, job.limits); });
  job.report.timing.plan += watch.seconds();
  return result;
}

void run_on_host(Job& job) {
  LimitAdaptor bounded(job.memory(), job.lease.host_bytes());
  TrackingAdaptor memory(bounded, job.resources.holders(), fmt::format("job {}", job.usage.job()));
  const ArenaCache::Loan loan = job.resources.arenas().lend(std::max(1, job.lease.cores()));
  Arena& arena = *loan;

  const Stopwatch watch;
  Field state = allocate_state(job, memory, arena);
  job.report.timing.allocate = watch.seconds();
  if (state.size_bytes() >= kWorthTelling) {
    job.lease.note_resident(state.size_bytes());
  }

  const CancelToken& cancel = job.state_cancel();
  StateStore store(memory, job.estimate.saved_states, job.resources.spill(), arena, cancel);
  const FailureAdaptor::Registration relief = job.resources.memory().add_relief(
      FailureAdaptor::Rank::spill, [&](std::uint64_t bytes) { return store.relieve(bytes); });
  StateCheckpoint checkpoint(job.resources, state, store, memory, arena, cancel, job.keeper.get(), job.report.notes);
  Occupancy occupancy(job.lease, arena, checkpoint.actions(), job.cancel, job.hooks.on_wait);
  const ExecuteContext context{.kernels = job.resources.kernels(),
                               .arena = arena,
                               .cancel = cancel,
                               .memory = memory,
                               .tiles = quantum::tile_compiler(),
                               .at_boundary = [&] { occupancy.at_boundary(); },
                               .on_stage_done = {}};
  HostPlace place(state, memory, store, context, job.limits);
  if (job.keeper) {
    job.keeper->attach(access_to(state),
                       [&](std::uint64_t count, const auto& body) { arena.for_each(count, cancel, body); });
  }
  const auto on_split = [&] { job.lease.note_resident(bounded.current_bytes()); };
  if (job.request.verify > 0) {
    VerifiedPlace verified(place, subject_of(state), job.request.verify, job.report.seed, memory);
    run_tree(job, verified, {.planned = plan_opening_for(job, verified), .compiled = {}}, on_split);
    job.report.verify = verified.report();
  } else {
    run_tree(job, place, *plan_opening(job), on_split);
  }
  job.report.timing.execute -= occupancy.waited_seconds();
  job.report.sweep_seconds = job.resources.sweep_seconds(state.type, state.axes, arena.threads(),
                                                         [&] { return measure_sweep_seconds(state, arena, cancel); });
  job.report.sweep_equivalents = job.report.timing.execute / job.report.sweep_seconds;
  job.report.timing.wait += occupancy.waited_seconds();
  job.report.memory.peak_bytes = bounded.peak_bytes();
  job.report.memory.spilled_bytes = store.spilled_bytes() + checkpoint.written_bytes();
  job.report.memory.counts_bytes = job.results->counts_bytes();
}

}  // namespace basalt
