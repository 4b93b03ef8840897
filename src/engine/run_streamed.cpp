#include "engine/run_streamed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/stopwatch.h"
#include "engine/occupancy.h"
#include "engine/run_keeper.h"
#include "engine/run_tree.h"
#include "engine/state_access.h"
#include "engine/streamed_place.h"
#include "runtime/cpu/sweep.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {

void run_streamed(Job& job) {
  LimitAdaptor bounded(job.memory(), job.lease.host_bytes());
  TrackingAdaptor memory(bounded, job.resources.holders(), fmt::format("job {}", job.usage.job()));
  OpenDevice& device = *job.devices.front();
  const std::scoped_lock alone(device.in_use);
  const ArenaCache::Loan loan = job.resources.arenas().lend(std::max(1, job.lease.cores()));
  Arena& arena = *loan;
  try {
    const Stopwatch watch;
    const CancelToken& cancel = job.state_cancel();
    Field state(memory, job.type(), job.qubits());
    StateStore store(memory, 0, job.resources.spill(), arena, cancel);
    Occupancy occupancy(job.lease, arena, {.save = [] { return false; }, .restore = [] {}}, job.cancel,
                        job.hooks.on_wait);
    const ExecuteContext context{.kernels = job.resources.kernels(),
                                 .arena = arena,
                                 .cancel = cancel,
                                 .memory = memory,
                                 .tiles = quantum::tile_compiler(),
                                 .at_boundary = {},
                                 .on_stage_done = {}};
    HostPlace host(state, memory, store, context, job.limits);
    StreamedPlace place(host, state, device, *job.streamed, {arena, cancel, memory}, [&] { occupancy.at_boundary(); });
    place.reset();
    if (job.keeper) {
      StateAccess access = access_to(state);
      access.is_whole = [&] { return place.is_whole(); };
      job.keeper->attach(std::move(access),
                         [&](std::uint64_t count, const auto& body) { arena.for_each(count, cancel, body); });
    }
    job.report.timing.allocate = watch.seconds();
    job.lease.note_resident(bounded.current_bytes());
    const PlannedCircuit opening = plan_opening_for(job, place);
    run_tree(job, place, {.planned = opening, .compiled = {}}, [] {});
    job.report.timing.execute -= occupancy.waited_seconds();
    job.report.timing.wait += occupancy.waited_seconds();
    job.report.sweep_seconds = measure_sweep_seconds(state, arena, cancel);
    job.report.devices.front().state_bytes = place.tile_bytes();
    job.report.devices.front().peak_bytes = place.tile_bytes();
    job.report.memory.spilled_bytes = store.spilled_bytes();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::device_lost) {
      job.resources.devices().lost(device);
    }
    throw;
  }
  job.report.sweep_equivalents = job.report.timing.execute / job.report.sweep_seconds;
  job.report.memory.peak_bytes = bounded.peak_bytes();
  job.report.memory.counts_bytes = job.results->counts_bytes();
  job.report.devices.front().pipeline_seconds = device.pipelines.seconds();
  job.report.devices.front().pipelines_cached = device.pipelines.cache_was_read();
}

}  // namespace basalt
