// Memory of the host as a buffer.
#include <fmt/format.h>

#include <bit>
#include <utility>

#include "basalt/error.h"
#include "runtime/vulkan/driver_call.h"
#include "runtime/vulkan/memory_block.h"
#include "runtime/vulkan/structure.h"

namespace basalt::vulkan {
namespace {

constexpr VkExternalMemoryHandleTypeFlagBits kHostMemory = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;

void expect_importable(const Device& device, std::span<const std::byte> memory, const char* tag) {
  const std::uint64_t alignment = device.properties().host_pointer_alignment;
  const std::uint64_t most = device.plan().chunk_bytes;
  const auto start = std::bit_cast<std::uintptr_t>(memory.data());
  if (memory.empty() || memory.size() > most || memory.size() % alignment != 0 || start % alignment != 0) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("{} bytes of the host at {:#x} as a buffer of a device ({}): start and size are multiples "
                            "of {}, and there are at most {}",
                            memory.size(), start, tag, alignment, most),
                "allocate whole pages");
  }
}

}  // namespace

std::optional<DeviceBuffer> DeviceMemory::import_host(std::span<std::byte> memory, const char* tag) {
  const DriverCall call;
  device_->expect_alive("importing memory");
  if (!device_->plan().host_import) {
    return std::nullopt;
  }
  expect_importable(*device_, memory, tag);
  // Drivers refuse for reasons of their own (kinds of mappings, limits of pinned pages) and by results of their own.
  const auto is_refused = [this](VkResult result) {
    if (result == VK_ERROR_DEVICE_LOST) {
      device_->check(result, "importing memory");
    }
    return result != VK_SUCCESS;
  };
  auto told = structure<VkMemoryHostPointerPropertiesEXT>(VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT);
  if (is_refused(
          device_->api().vkGetMemoryHostPointerPropertiesEXT(device_->handle(), kHostMemory, memory.data(), &told))) {
    return std::nullopt;
  }

  DeviceBuffer result;
  auto home = std::make_unique<DeviceBuffer::Home>(DeviceBuffer::Home{*this, {}, tag, nullptr});
  auto external = structure<VkExternalMemoryBufferCreateInfo>(VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO);
  external.handleTypes = kHostMemory;
  result.buffer_ = create_buffer(*device_, memory.size(), &external);
  result.size_bytes_ = memory.size();
  result.home_ = std::move(home);  // from here on it cleans up after itself
  VkMemoryRequirements needed{};
  device_->api().vkGetBufferMemoryRequirements(device_->handle(), result.buffer_, &needed);
  const auto type = find_type(needed.memoryTypeBits & told.memoryTypeBits, Placement::download);
  if (!type || needed.size > memory.size()) {
    return std::nullopt;
  }

  auto block = std::make_unique<Block>(*device_, memory.size(), *type, false);
  auto flags = structure<VkMemoryAllocateFlagsInfo>(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO);
  flags.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT;
  auto import = structure<VkImportMemoryHostPointerInfoEXT>(VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT);
  import.pNext = &flags;
  import.handleType = kHostMemory;
  import.pHostPointer = memory.data();
  auto info = structure<VkMemoryAllocateInfo>(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO);
  info.pNext = &import;
  info.allocationSize = memory.size();
  info.memoryTypeIndex = *type;
  if (is_refused(device_->api().vkAllocateMemory(device_->handle(), &info, nullptr, &block->memory))) {
    return std::nullopt;
  }
  result.home_->imported = std::move(block);
  device_->check(
      device_->api().vkBindBufferMemory(device_->handle(), result.buffer_, result.home_->imported->memory, 0),
      "binding a buffer");
  result.address_ = address_of(*device_, result.buffer_);
  result.data_ = memory.data();
  return result;
}

}  // namespace basalt::vulkan
