// One allocation from the driver, and where in it a buffer lies.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "basalt/memory/offset_allocator.h"
#include "runtime/vulkan/memory.h"

namespace basalt::vulkan {

struct DeviceMemory::Block {
  Block(Device& owner, std::uint64_t size, std::uint32_t memory_type, bool is_shared)
      : device(owner), bytes(size), type(memory_type) {
    if (is_shared) {
      room.emplace(size, kBufferAlignment);
    }
  }
  ~Block() { device.api().vkFreeMemory(device.handle(), memory, nullptr); }  // of what is mapped, too
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  static constexpr std::uint64_t kBufferAlignment = 256;

  Device& device;
  VkDeviceMemory memory = VK_NULL_HANDLE;
  std::uint64_t bytes;
  std::uint32_t type;
  std::byte* data = nullptr;            ///< Where the host sees it.
  std::uint32_t buffers = 0;            ///< That lie in it.
  std::optional<OffsetAllocator> room;  ///< Nothing in a block of one buffer, which goes with it.
};

struct DeviceMemory::Place {
  Block* block = nullptr;
  OffsetAllocator::Allocation at{};
};

struct DeviceBuffer::Home {
  DeviceMemory& memory;
  DeviceMemory::Place place;
  std::string tag;
  std::unique_ptr<DeviceMemory::Block> imported;  ///< Of a buffer over the host's memory, which has no place.
};

/// Usable as all buffers are. `next` is chained to its description.
VkBuffer create_buffer(Device& device, std::uint64_t bytes, const void* next = nullptr);

/// Of a buffer that has its memory.
std::uint64_t address_of(const Device& device, VkBuffer buffer);

}  // namespace basalt::vulkan
