#include "engine/host_reserve.h"

#include <fmt/format.h>

#include <utility>

#include "runtime/cpu/sweep.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

/// `hooks` that also tell others what of the memory was touched.
FailoverPlace::Hooks telling(FailoverPlace::Hooks hooks, Lease& lease, const LimitAdaptor& memory) {
  return {.download =
              [&, download = std::move(hooks.download)](std::uint64_t first, std::span<std::byte> to) {
                download(first, to);
                lease.note_resident(memory.current_bytes());
              },
          .on_failure =
              [&, on_failure = std::move(hooks.on_failure)](const Error& error) {
                on_failure(error);
                lease.note_resident(memory.current_bytes());
              }};
}

}  // namespace

HostReserve::HostReserve(Job& job, LimitAdaptor& memory, Arena& arena, StatePlace& device, FailoverPlace::Hooks hooks)
    : job_(job),
      state_(memory, job.type(), job.qubits()),
      store_(memory, 0, nullptr, arena, job.state_cancel()),
      occupancy_(job.lease, arena, {.save = [] { return false; }, .restore = [] {}}, job.cancel, job.hooks.on_wait),
      context_{.kernels = job.resources.kernels(),
               .arena = arena,
               .cancel = job.state_cancel(),
               .memory = memory,
               .tiles = quantum::tile_compiler(),
               .at_boundary = [this] { occupancy_.at_boundary(); },
               .on_stage_done = {}},
      host_(state_, memory, store_, context_, job.limits),
      place_(device, host_, state_, telling(std::move(hooks), job.lease, memory)) {}

void HostReserve::tell() const {
  const std::optional<Failover>& failover = place_.failover();
  if (!failover) {
    return;
  }
  const std::string from = failover->checkpoint_stages == 0
                               ? "from the start"
                               : fmt::format("from the checkpoint after stage {}", failover->checkpoint_stages);
  Report& report = job_.report;
  report.backend = "vulkan, then cpu";
  report.notes.push_back(fmt::format("went on on the CPU after stage {}, {}, as the device failed: {}",
                                     failover->stages, from, failover->reason));
  report.timing.execute -= occupancy_.waited_seconds();
  report.timing.wait += occupancy_.waited_seconds();
}

double HostReserve::measure_sweep_seconds() {
  host_.reset();
  return basalt::measure_sweep_seconds(state_, context_.arena, context_.cancel);
}

}  // namespace basalt
