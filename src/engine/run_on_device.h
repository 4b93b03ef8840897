// A job on a state in the memory of a device.
#pragma once

#include <memory>

#include "engine/job.h"
#include "engine/plan_cache.h"
#include "runtime/vulkan/instance.h"

namespace basalt {

/// The plan of the job's opening for a device: that of its choice is that of its run, and of the next run of the same
/// program.
std::shared_ptr<const ReadyCircuit> plan_opening_on(Job& job, const vulkan::PhysicalDevice& physical,
                                                    const DeviceLimits& limits);

/// Once its lease is there.
void run_on_device(Job& job);

}  // namespace basalt
