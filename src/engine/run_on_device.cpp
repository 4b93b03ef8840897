#include "engine/run_on_device.h"

#include <algorithm>

#include "base/stopwatch.h"
#include "engine/device_place.h"
#include "engine/run_tree.h"
#include "runtime/metrics/span.h"

namespace basalt {
namespace {

PlannedCircuit plan_on_device(Job& job, DevicePlace& place) {
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::plan);
  PlannedCircuit planned = place.plan(job.opening->circuit, job.opening_options(), 0);
  job.report.timing.plan += watch.seconds();
  return planned;
}

}  // namespace

void run_on_device(Job& job) {
  LimitAdaptor bounded(job.memory(), job.lease.host_bytes());
  const std::scoped_lock alone(job.device->in_use);
  const ArenaCache::Loan arena = job.resources.arenas().lend(std::max(1, job.lease.cores()));
  try {
    const Stopwatch watch;
    DevicePlace place(*job.device, job.type(), job.qubits(), {*arena, job.cancel, bounded},
                      [&] { job.lease.at_boundary(); });
    place.reset();
    job.report.timing.allocate = watch.seconds();
    run_tree(job, place, {.planned = plan_on_device(job, place), .compiled = {}}, [] {});
    job.report.sweep_seconds = place.measure_sweep_seconds();
    job.report.device->peak_bytes = place.field().size_bytes();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::device_lost) {
      job.resources.devices().lost(*job.device);
    }
    throw;
  }
  job.report.sweep_equivalents = job.report.timing.execute / job.report.sweep_seconds;
  job.report.memory.peak_bytes = bounded.peak_bytes();
  job.report.memory.counts_bytes = job.results->counts_bytes();
  job.report.device->pipeline_seconds = job.device->pipelines.seconds();
  job.report.device->pipelines_cached = job.device->pipelines.cache_was_read();
}

}  // namespace basalt
