#include "engine/run_on_device.h"

#include <algorithm>
#include <optional>

#include "base/stopwatch.h"
#include "engine/device_place.h"
#include "engine/host_reserve.h"
#include "engine/run_tree.h"
#include "engine/verified_place.h"

namespace basalt {
namespace {

/// The next job opens a lost device anew, or leaves it alone.
void count_loss(Job& job, const Error& error) {
  if (error.code() == ErrorCode::device_lost) {
    job.resources.devices().lost(*job.devices.front());
  }
}

/// Of where the run ended. The results are there by then: a device that fails only now does them no harm.
double sweep_seconds(Job& job, DevicePlace& device, std::optional<HostReserve>& reserve) {
  if (reserve && reserve->place().failover()) {
    return reserve->measure_sweep_seconds();
  }
  try {
    return device.measure_sweep_seconds();
  } catch (const Error& error) {
    if (!reserve || error.code() == ErrorCode::cancelled) {
      throw;
    }
    count_loss(job, error);
    return reserve->measure_sweep_seconds();
  }
}

}  // namespace

void run_on_device(Job& job) {
  LimitAdaptor bounded(job.memory(), job.lease.host_bytes());
  const std::scoped_lock alone(job.devices.front()->in_use);
  const ArenaCache::Loan arena = job.resources.arenas().lend(std::max(1, job.lease.cores()));
  try {
    const Stopwatch watch;
    DevicePlace device(*job.devices.front(), job.type(), job.qubits(), {*arena, job.cancel, bounded},
                       [&] { job.lease.at_boundary(); });
    StatePlace* place = &device;
    std::optional<VerifiedPlace> verified;
    if (job.request.verify > 0) {
      const VerifiedPlace::Subject subject{
          .name = job.devices.front()->device->properties().name,
          .download_tile = [&](std::uint64_t base, std::uint64_t axes, std::span<std::byte> to) {
            device.download_tile(base, axes, to);
          }};
      place = &verified.emplace(*place, subject, job.request.verify, job.report.seed, bounded);
    }
    std::optional<HostReserve> reserve;
    if (job.request.fall_back) {
      reserve.emplace(job, bounded, *arena, *place,
                      FailoverPlace::Hooks{.download = [&](std::span<std::byte> to) { device.download(to); },
                                           .on_failure = [&](const Error& error) { count_loss(job, error); }});
      place = &reserve->place();
    }
    place->reset();
    job.report.timing.allocate = watch.seconds();
    run_tree(job, *place, {.planned = plan_opening_for(job, *place), .compiled = {}}, [] {});
    if (verified) {
      job.report.verify = verified->report();
    }
    if (reserve) {
      reserve->tell();
    }
    job.report.sweep_seconds = sweep_seconds(job, device, reserve);
    job.report.devices.front().peak_bytes = device.field().size_bytes();
  } catch (const Error& error) {
    count_loss(job, error);
    throw;
  }
  job.report.sweep_equivalents = job.report.timing.execute / job.report.sweep_seconds;
  job.report.memory.peak_bytes = bounded.peak_bytes();
  job.report.memory.counts_bytes = job.results->counts_bytes();
  job.report.devices.front().pipeline_seconds = job.devices.front()->pipelines.seconds();
  job.report.devices.front().pipelines_cached = job.devices.front()->pipelines.cache_was_read();
}

}  // namespace basalt
