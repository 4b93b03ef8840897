// What a run takes beside its stages and grows with the state: clearing memory, and reading results off it.
#pragma once

#include <cstdint>

#include "basalt/request.h"
#include "plan/device_stages.h"
#include "plan/limits.h"
#include "workloads/quantum/input/compile.h"

namespace basalt {

struct BesideStages {
  double memory_seconds = 0;
  double result_seconds = 0;
};

/// How often the final state is read: for its norm, and for everything that is asked for.
int result_passes(const Request& request, const quantum::Script& script);

/// On the CPU, with memory that it has had before.
BesideStages beside_stages(const PlanLimits& limits, ElementType type, int axes, int passes);

/// On a device, with a state of `bytes` where it keeps `idle_bytes` from runs before.
BesideStages beside_stages(const DeviceLimits& limits, std::uint64_t bytes, std::uint64_t idle_bytes, int passes);

}  // namespace basalt
