// Vulkan's structures with their type and zeros.
#pragma once

#include <volk.h>

namespace basalt::vulkan {

/// E.g. structure<VkBufferCreateInfo>(VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO).
template <class Structure>
[[nodiscard]] Structure structure(VkStructureType type) noexcept {
  Structure result{};
  result.sType = type;
  return result;
}

}  // namespace basalt::vulkan
