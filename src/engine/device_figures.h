// What was measured of Vulkan devices, and what plans for them rely on: the figures where there are some, else what
// devices of their kind usually reach.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "basalt/device_tune.h"
#include "basalt/plan.h"
#include "plan/device_stages.h"
#include "plan/wisdom.h"
#include "runtime/memory/field.h"
#include "runtime/vulkan/instance.h"

namespace basalt {

/// Names a device in the wisdom.
std::string fingerprint_of(const vulkan::DeviceProperties& properties);

/// Never throws for what the wisdom is like. `path` as in TuneOptions.
DeviceWisdomLookup look_up_device(const vulkan::DeviceProperties& properties, const std::filesystem::path& path = {});

/// Tiles and speeds for plans. Pure.
DeviceLimits choose_device_limits(const vulkan::PhysicalDevice& physical, const std::optional<DeviceFigures>& figures,
                                  ElementType type);

/// The same for people, each with its source.
std::vector<LimitChoice> device_limit_choices(const DeviceLimits& limits, const std::optional<DeviceFigures>& figures,
                                              ElementType type);

}  // namespace basalt
