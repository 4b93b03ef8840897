#include "engine/host_reserve.h"

#include "runtime/cpu/sweep.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {

HostReserve::HostReserve(Job& job, MemoryResource& memory, Arena& arena)
    : state_(memory, job.type(), job.qubits()),
      store_(memory, 0, nullptr, arena, job.cancel),
      occupancy_(job.lease, arena, {.save = [] { return false; }, .restore = [] {}}, job.cancel, job.hooks.on_wait),
      context_{.kernels = job.resources.kernels(),
               .arena = arena,
               .cancel = job.cancel,
               .memory = memory,
               .tiles = quantum::tile_compiler(),
               .at_boundary = [this] { occupancy_.at_boundary(); },
               .on_stage_done = {}},
      place_(state_, memory, store_, context_, job.limits) {}

double HostReserve::measure_sweep_seconds() const {
  return basalt::measure_sweep_seconds(state_, context_.arena, context_.cancel);
}

}  // namespace basalt
