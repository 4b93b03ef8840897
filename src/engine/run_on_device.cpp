#include "engine/run_on_device.h"

#include <fmt/format.h>

#include <memory>

#include "base/stopwatch.h"
#include "engine/device_place.h"
#include "engine/failover_place.h"
#include "engine/host_reserve.h"
#include "engine/run_tree.h"
#include "runtime/metrics/span.h"

namespace basalt {
namespace {

PlannedCircuit plan_opening(Job& job, StatePlace& place) {
  const Stopwatch watch;
  const metrics::Span span(metrics::SpanName::plan);
  PlannedCircuit planned = place.plan(job.opening->circuit, job.opening_options(), 0);
  job.report.timing.plan += watch.seconds();
  return planned;
}

/// The next job opens a lost device anew, or leaves it alone.
void count_loss(Job& job, const Error& error) {
  if (error.code() == ErrorCode::device_lost) {
    job.resources.devices().lost(*job.devices.front());
  }
}

void say_where_it_went_on(Report& report, const Failover& failover) {
  const std::string from = failover.checkpoint_stages == 0
                               ? "from the start"
                               : fmt::format("from the checkpoint after stage {}", failover.checkpoint_stages);
  report.backend = "vulkan, then cpu";
  report.notes.push_back(fmt::format("went on on the CPU after stage {}, {}, as the device failed: {}", failover.stages,
                                     from, failover.reason));
}

/// Of where the run ended. The results are there by then: a device that fails only now does them no harm.
double sweep_seconds(Job& job, DevicePlace& device, HostReserve* reserve, bool went_on) {
  if (!went_on) {
    try {
      return device.measure_sweep_seconds();
    } catch (const Error& error) {
      if (reserve == nullptr || error.code() == ErrorCode::cancelled) {
        throw;
      }
      count_loss(job, error);
      reserve->place().reset();
    }
  }
  return reserve->measure_sweep_seconds();
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
    std::unique_ptr<HostReserve> reserve;
    std::unique_ptr<FailoverPlace> failover;
    if (job.request.fall_back) {
      reserve = std::make_unique<HostReserve>(job, bounded, *arena);
      const auto touched = [&] { job.lease.note_resident(bounded.current_bytes()); };
      failover = std::make_unique<FailoverPlace>(*place, reserve->place(), reserve->state(),
                                                 FailoverPlace::Hooks{.download =
                                                                          [&, touched](std::span<std::byte> to) {
                                                                            device.download(to);
                                                                            touched();
                                                                          },
                                                                      .on_failure =
                                                                          [&, touched](const Error& error) {
                                                                            count_loss(job, error);
                                                                            touched();
                                                                          }});
      place = failover.get();
    }
    place->reset();
    job.report.timing.allocate = watch.seconds();
    run_tree(job, *place, {.planned = plan_opening(job, *place), .compiled = {}}, [] {});
    const bool went_on = failover != nullptr && failover->failover().has_value();
    if (went_on) {
      say_where_it_went_on(job.report, *failover->failover());
      job.report.timing.execute -= reserve->waited_seconds();
      job.report.timing.wait += reserve->waited_seconds();
    }
    job.report.sweep_seconds = sweep_seconds(job, device, reserve.get(), went_on);
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
