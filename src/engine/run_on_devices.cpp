#include "engine/run_on_devices.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/stopwatch.h"
#include "engine/host_reserve.h"
#include "engine/run_keeper.h"
#include "engine/run_tree.h"
#include "engine/split_place.h"

namespace basalt {
namespace {

/// All of them. Everybody takes them in the same order, so that no two wait for each other.
std::vector<std::unique_lock<std::mutex>> occupy(OpenDevices devices) {
  std::ranges::sort(devices, std::less<>(), [](const auto& device) { return device.get(); });
  std::vector<std::unique_lock<std::mutex>> locks;
  locks.reserve(devices.size());
  for (const auto& device : devices) {
    locks.emplace_back(device->in_use);
  }
  return locks;
}

void give_up_lost(Job& job, const Error& error) {
  if (error.code() != ErrorCode::device_lost) {
    return;
  }
  for (const auto& device : job.devices) {
    if (device->device->is_lost()) {
      job.resources.devices().lost(*device);
    }
  }
}

/// On the host, where that has taken over, every axis is at its own place.
StateAccess access_to(SplitPlace& parts, std::optional<HostReserve>& reserve, Buffer& window) {
  StateAccess access = access_through(window, copies_of(parts, reserve));
  const auto on_devices = [&] { return !reserve || !reserve->place().failover(); };
  access.straighten = [&, on_devices] { on_devices() ? parts.straighten() : void(); };
  access.restore = [&, on_devices] { on_devices() ? parts.restore() : void(); };
  return access;
}

}  // namespace

void run_on_devices(Job& job) {
  LimitAdaptor bounded(job.memory(), job.lease.host_bytes());
  const std::vector<std::unique_lock<std::mutex>> alone = occupy(job.devices);
  const ArenaCache::Loan arena = job.resources.arenas().lend(std::max(1, job.lease.cores()));
  try {
    const Stopwatch watch;
    const CancelToken& cancel = job.state_cancel();
    SplitPlace parts(job.devices, job.type(), job.qubits(), {*arena, cancel, bounded},
                     [&] { job.lease.at_boundary(); });
    if (job.request.verify > 0) {
      parts.verify(job.request.verify, job.report.seed, bounded);
    }
    std::optional<HostReserve> reserve;
    if (job.request.fall_back) {
      reserve.emplace(job, bounded, *arena, parts,
                      FailoverPlace::Hooks{
                          .download = [&](std::uint64_t first, std::span<std::byte> to) { parts.download(first, to); },
                          .on_failure = [&](const Error& error) { give_up_lost(job, error); }});
    }
    StatePlace& place = reserve ? static_cast<StatePlace&>(reserve->place()) : parts;
    place.reset();
    job.report.timing.allocate = watch.seconds();
    Buffer window;
    if (job.keeper) {
      window = Buffer(bounded, most_window_bytes(element_bytes(job.type()) << job.qubits()));
      job.keeper->attach(access_to(parts, reserve, window),
                         [&](std::uint64_t count, const auto& body) { (*arena).for_each(count, cancel, body); });
    }
    run_tree(job, place, {.planned = plan_opening_for(job, place), .compiled = {}}, [] {});
    if (job.request.verify > 0) {
      job.report.verify = parts.verify_report();
    }
    if (reserve) {
      reserve->tell();
    }
    job.report.sweep_seconds = sweep_seconds_of(parts, reserve, [&](const Error& error) { give_up_lost(job, error); });
    for (DeviceReport& device : job.report.devices) {
      device.peak_bytes = parts.part_bytes();
    }
  } catch (const Error& error) {
    give_up_lost(job, error);
    throw;
  }
  job.report.sweep_equivalents = job.report.timing.execute / job.report.sweep_seconds;
  job.report.memory.peak_bytes = bounded.peak_bytes();
  job.report.memory.counts_bytes = job.results->counts_bytes();
  for (std::size_t i = 0; i < job.devices.size(); ++i) {
    job.report.devices[i].pipeline_seconds = job.devices[i]->pipelines.seconds();
    job.report.devices[i].pipelines_cached = job.devices[i]->pipelines.cache_was_read();
  }
}

}  // namespace basalt
