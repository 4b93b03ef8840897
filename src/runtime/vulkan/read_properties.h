// Asks a device for its properties.
#pragma once

#include <volk.h>

#include "runtime/vulkan/properties.h"

namespace basalt::vulkan {

/// Of a device before Vulkan 1.2 only what the first version of Vulkan has: the rest stays empty.
DeviceProperties read_properties(VkPhysicalDevice device);

}  // namespace basalt::vulkan
