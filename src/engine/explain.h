// Plans for a machine that is told, this one or any other: what `basalt plan` shows of it, for golden tests.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "basalt/plan.h"
#include "engine/choose_backend.h"
#include "plan/wisdom.h"
#include "runtime/vulkan/instance.h"

namespace basalt {

/// A device as plans see it.
struct PlannedDevice {
  vulkan::PhysicalDevice physical;
  std::uint64_t free_bytes = 0;  ///< Of its own memory.
  DeviceWisdomLookup wisdom;
};

/// All that a plan depends on besides the request.
struct MachineFacts {
  Inventory inventory;
  WisdomLookup wisdom;  ///< Of the processor.
  BackendSources sources;
  /// By name or index. Throws Error(bad_usage) where there is none.
  std::function<PlannedDevice(const std::string& name)> device;
};

/// Throws Error(bad_usage) for limits in the environment that make no sense.
MachineFacts facts_of_this_machine();

/// As explain_plan(). Only a disk that the state has to go to is measured.
PlanReport explain_plan_on(const MachineFacts& machine, const Request& request, const CancelToken* cancel = nullptr);

}  // namespace basalt
