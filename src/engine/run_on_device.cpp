#include "engine/run_on_device.h"

#include <algorithm>
#include <optional>

#include "base/stopwatch.h"
#include "engine/device_place.h"
#include "engine/host_reserve.h"
#include "engine/run_keeper.h"
#include "engine/run_tree.h"
#include "engine/state_access.h"
#include "engine/verified_place.h"
#include "runtime/metrics/span.h"

namespace basalt {
namespace {

/// The next job opens a lost device anew, or leaves it alone.
void count_loss(Job& job, const Error& error) {
  if (error.code() == ErrorCode::device_lost) {
    job.resources.devices().lost(*job.devices.front());
  }
}

}  // namespace

std::shared_ptr<const ReadyCircuit> plan_opening_on(Job& job, const vulkan::PhysicalDevice& physical,
                                                    const DeviceLimits& limits) {
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::plan);
  const quantum::PassOptions options = job.opening_options();
  const PlanKey key = plan_key(job.type(), /*threads=*/0, heap_name(physical.properties), options);
  std::shared_ptr<const ReadyCircuit> result = job.plans().circuit(
      key, [&] { return make_ready_for_device(job.opening->circuit, options, job.type(), limits); });
  job.report.timing.plan += watch.seconds();
  return result;
}

void run_on_device(Job& job) {
  LimitAdaptor bounded(job.memory(), job.lease.host_bytes());
  const std::scoped_lock alone(job.devices.front()->in_use);
  const ArenaCache::Loan arena = job.resources.arenas().lend(std::max(1, job.lease.cores()));
  try {
    const Stopwatch watch;
    const CancelToken& cancel = job.state_cancel();
    DevicePlace device(*job.devices.front(), job.type(), job.qubits(), {*arena, cancel, bounded},
                       [&] { job.lease.at_boundary(); });
    StatePlace* place = &device;
    std::optional<VerifiedPlace> verified;
    if (job.request.verify > 0) {
      place = &verified.emplace(*place, device.subject(), job.request.verify, job.report.seed, bounded);
    }
    std::optional<HostReserve> reserve;
    if (job.request.fall_back) {
      reserve.emplace(job, bounded, *arena, *place,
                      FailoverPlace::Hooks{
                          .download = [&](std::uint64_t first, std::span<std::byte> to) { device.download(first, to); },
                          .on_failure = [&](const Error& error) { count_loss(job, error); }});
      place = &reserve->place();
    }
    place->reset();
    job.report.timing.allocate = watch.seconds();
    Buffer window;
    if (job.keeper) {
      window = Buffer(bounded, most_window_bytes(element_bytes(job.type()) << job.qubits()));
      job.keeper->attach(access_through(window, copies_of(device, reserve)),
                         [&](std::uint64_t count, const auto& body) { (*arena).for_each(count, cancel, body); });
    }
    if (place == &device) {
      run_tree(job, device, *plan_opening_on(job, job.devices.front()->device->physical(), device.limits()), [] {});
    } else {
      run_tree(job, *place, {.planned = plan_opening_for(job, *place), .compiled = {}}, [] {});
    }
    if (verified) {
      job.report.verify = verified->report();
    }
    if (reserve) {
      reserve->tell();
    }
    job.report.sweep_seconds = sweep_seconds_of(device, reserve, [&](const Error& error) { count_loss(job, error); });
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
