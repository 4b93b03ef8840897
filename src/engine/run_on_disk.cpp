#include "engine/run_on_disk.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/stopwatch.h"
#include "engine/disk_place.h"
#include "engine/occupancy.h"
#include "engine/run_keeper.h"
#include "engine/run_tree.h"
#include "engine/state_access.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

StateAccess access_to(DiskPlace& place, Buffer& window) {
  StateAccess access = access_through(
      window, {.download = [&](std::uint64_t first, std::span<std::byte> to) { place.download(first, to); },
               .upload = [&](std::uint64_t first, std::span<const std::byte> from) { place.upload(first, from); }});
  access.is_whole = [&] { return place.is_whole(); };
  return access;
}

}  // namespace

void run_on_disk(Job& job) {
  LimitAdaptor bounded(job.memory(), job.lease.host_bytes());
  TrackingAdaptor memory(bounded, job.resources.holders(), fmt::format("job {}", job.usage.job()));
  const ArenaCache::Loan loan = job.resources.arenas().lend(std::max(1, job.lease.cores()));
  Arena& arena = *loan;
  DiskReport& report = *job.report.ladder->disk;

  const Stopwatch watch;
  std::unique_ptr<SpillStorage> storage = make_spill_storage(
      report.folder,
      {.reserve_bytes = report.state_bytes, .direct = report.chunk_bytes >= MemoryResource::kPageAlignedBytes});
  const CancelToken& cancel = job.state_cancel();
  Occupancy occupancy(job.lease, arena, {.save = [] { return false; }, .restore = [] {}}, job.cancel,
                      job.hooks.on_wait);
  const ExecuteContext context{.kernels = job.resources.kernels(),
                               .arena = arena,
                               .cancel = cancel,
                               .memory = memory,
                               .tiles = quantum::tile_compiler(),
                               .at_boundary = [&] { occupancy.at_boundary(); },
                               .on_stage_done = {}};
  DiskPlace place({.type = job.type(),
                   .axes = job.qubits(),
                   .shape = *job.disk,
                   .figures = report.figures,
                   .folder = report.folder},
                  std::move(storage), context, job.limits);
  place.reset();
  Buffer window;
  if (job.keeper) {
    window = Buffer(memory, job.disk->window_bytes);
    job.keeper->attach(access_to(place, window),
                       [&](std::uint64_t count, const auto& body) { arena.for_each(count, cancel, body); });
  }
  job.report.timing.allocate = watch.seconds();
  job.lease.note_resident(bounded.current_bytes());
  const PlannedCircuit opening = plan_opening_for(job, place);
  run_tree(job, place, {.planned = opening, .compiled = {}}, [] {});
  place.add_to(report);
  report.predicted_bytes = job.report.bytes_moved;
  report.predicted_seconds = job.report.predicted_seconds;
  job.report.timing.execute -= occupancy.waited_seconds();
  job.report.timing.wait += occupancy.waited_seconds();
  job.report.sweep_seconds = 2.0 * static_cast<double>(report.state_bytes) / report.figures.both;
  job.report.sweep_equivalents = job.report.timing.execute / job.report.sweep_seconds;
  job.report.memory.peak_bytes = bounded.peak_bytes();
  job.report.memory.spilled_bytes = report.state_bytes;
  job.report.memory.counts_bytes = job.results->counts_bytes();
}

}  // namespace basalt
