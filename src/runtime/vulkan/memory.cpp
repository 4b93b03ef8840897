// Where buffers lie. What is asked from the driver, and given back to it, is memory_block.cpp.
#include "runtime/vulkan/memory.h"

#include <algorithm>
#include <utility>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "runtime/vulkan/driver_call.h"
#include "runtime/vulkan/memory_block.h"
#include "runtime/vulkan/structure.h"

namespace basalt::vulkan {
namespace {

constexpr VkBufferUsageFlags kUsage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT |
                                      VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;

/// Lower is better; negative: not at all.
int rank(const MemoryType& type, Placement placement) {
  if (placement == Placement::device) {
    return (type.device_local ? 0 : 2) + (type.host_visible ? 1 : 0);
  }
  if (!type.host_visible || !type.host_coherent) {
    return -1;
  }
  // What is both the device's and visible may be a small window. A processor reads uncached memory very slowly, and
  // writes it best past its caches.
  const bool wants_cache = placement == Placement::download;
  const int cache_rank = type.host_cached == wants_cache ? 0 : 1;
  const int place_rank = type.device_local ? 1 : 0;
  return wants_cache ? 2 * cache_rank + place_rank : 2 * place_rank + cache_rank;
}

}  // namespace

VkBuffer create_buffer(Device& device, std::uint64_t bytes, const void* next) {
  const std::array<std::uint32_t, 2> families = {device.family(QueueKind::compute), device.family(QueueKind::transfer)};
  auto info = structure<VkBufferCreateInfo>(VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO);
  info.pNext = next;
  info.size = bytes;
  info.usage = kUsage;
  info.sharingMode = VK_SHARING_MODE_EXCLUSIVE;
  if (families[0] != families[1]) {  // costs nothing for buffers, and spares the passing of ownership
    info.sharingMode = VK_SHARING_MODE_CONCURRENT;
    info.queueFamilyIndexCount = families.size();
    info.pQueueFamilyIndices = families.data();
  }
  VkBuffer buffer = VK_NULL_HANDLE;
  device.check(device.api().vkCreateBuffer(device.handle(), &info, nullptr, &buffer), "creating a buffer");
  return buffer;
}

std::uint64_t address_of(const Device& device, VkBuffer buffer) {
  auto info = structure<VkBufferDeviceAddressInfo>(VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO);
  info.buffer = buffer;
  return device.api().vkGetBufferDeviceAddress(device.handle(), &info);
}

DeviceMemory::DeviceMemory(std::shared_ptr<Device> device) : device_(std::move(device)) {
  device_->expect_alive("allocating memory");
  use_.resize(device_->properties().heaps.size());
  // All buffers of one usage may lie in the same types, says Vulkan: one buffer tells.
  VkBuffer buffer = create_buffer(*device_, Block::kBufferAlignment);
  VkMemoryRequirements needed{};
  device_->api().vkGetBufferMemoryRequirements(device_->handle(), buffer, &needed);
  device_->api().vkDestroyBuffer(device_->handle(), buffer, nullptr);
  for (const Placement placement : {Placement::device, Placement::upload, Placement::download}) {
    const auto type = find_type(needed.memoryTypeBits, placement);
    if (!type) {
      throw Error(ErrorCode::failed, "device " + device_->properties().name + " has no memory for buffers of this use",
                  "update the driver, or run on the processor");
    }
    types_[static_cast<std::size_t>(placement)] = *type;
  }
}

DeviceMemory::~DeviceMemory() = default;

std::optional<std::uint32_t> DeviceMemory::find_type(std::uint32_t allowed, Placement placement) const {
  const std::vector<MemoryType>& types = device_->properties().types;
  std::optional<std::uint32_t> best;
  for (std::uint32_t i = 0; i < types.size(); ++i) {
    const int found = rank(types[i], placement);
    // Of equals the first: the driver lists them by speed.
    if ((allowed >> i & 1) != 0 && found >= 0 && (!best || found < rank(types[*best], placement))) {
      best = i;
    }
  }
  return best;
}

DeviceBuffer DeviceMemory::allocate(std::uint64_t bytes, Placement placement, const char* tag) {
  device_->expect_alive("allocating memory");
  if (bytes == 0 || bytes > device_->plan().chunk_bytes) {
    throw Error(ErrorCode::bad_usage, "a buffer of " + std::to_string(bytes) + " bytes on a device (" + tag +
                                          "): one has from 1 to " + std::to_string(device_->plan().chunk_bytes));
  }
  const DriverCall call;
  constexpr std::uint64_t kUnit = Block::kBufferAlignment;
  DeviceBuffer result;
  auto home = std::make_unique<DeviceBuffer::Home>(DeviceBuffer::Home{*this, {}, tag, nullptr});
  result.buffer_ = create_buffer(*device_, (bytes + kUnit - 1) / kUnit * kUnit);
  result.size_bytes_ = bytes;
  result.home_ = std::move(home);  // from here on it cleans up after itself
  VkMemoryRequirements needed{};
  device_->api().vkGetBufferMemoryRequirements(device_->handle(), result.buffer_, &needed);
  {
    const std::scoped_lock lock(mutex_);
    std::uint64_t& held = held_[result.home_->tag];
    result.home_->place = find_place(needed, placement, tag);
    held += bytes;
    const Block& block = *result.home_->place.block;
    use_[device_->properties().types[block.type].heap].used_bytes += bytes;
  }
  const Place& place = result.home_->place;
  device_->check(
      device_->api().vkBindBufferMemory(device_->handle(), result.buffer_, place.block->memory, place.at.offset),
      "binding a buffer");
  result.address_ = address_of(*device_, result.buffer_);
  result.data_ = place.block->data == nullptr ? nullptr : place.block->data + place.at.offset;
  return result;
}

std::vector<DeviceBuffer> DeviceMemory::allocate_chunks(std::uint64_t bytes, const char* tag) {
  const std::uint64_t chunk_bytes = device_->plan().chunk_bytes;
  std::vector<DeviceBuffer> chunks;
  if (bytes > chunk_bytes) {  // of one chunk, its allocation tells
    const std::scoped_lock lock(mutex_);
    drop_empty_blocks();
    const std::uint32_t heap = device_->properties().types[types_[0]].heap;
    if (bytes > unallocated_bytes(heap)) {
      refuse(bytes, heap, tag);
    }
  }
  for (std::uint64_t done = 0; done < bytes; done += chunks.back().size_bytes()) {
    chunks.push_back(allocate(std::min(chunk_bytes, bytes - done), Placement::device, tag));
  }
  return chunks;
}

DeviceMemory::Place DeviceMemory::find_place(const VkMemoryRequirements& needed, Placement placement, const char* tag) {
  const std::uint32_t type = types_[static_cast<std::size_t>(placement)];
  const bool mapped = placement != Placement::device;
  // memory that the host sees is pinned when it is allocated, page by page, and little of it is ever needed
  constexpr std::uint64_t kMappedBytes = std::uint64_t{4} << 20;
  const std::uint64_t most = device_->plan().block_bytes;
  const std::uint64_t block_bytes = mapped ? std::min(kMappedBytes, most) : most;
  if (needed.size <= block_bytes / 2) {
    const std::uint64_t alignment = std::max(needed.alignment, Block::kBufferAlignment);
    const auto take = [&](Block& block) -> std::optional<Place> {
      if (const auto at = block.room->allocate(needed.size, alignment)) {
        ++block.buffers;
        return Place{&block, *at};
      }
      return std::nullopt;
    };
    for (const auto& block : blocks_) {
      if (block->room && block->type == type && (block->data != nullptr) == mapped) {
        if (const auto place = take(*block)) {
          return *place;
        }
      }
    }
    if (Block* block = make_block(block_bytes, type, mapped, true)) {
      if (const auto place = take(*block)) {
        return *place;
      }
    }
  }
  Block* block = mapped ? nullptr : find_idle(needed.size, type);
  block = block != nullptr ? block : make_block(needed.size, type, mapped, false);
  if (block == nullptr) {
    refuse(needed.size, device_->properties().types[type].heap, tag);
  }
  ++block->buffers;
  return {block, {}};
}

DeviceMemory::Block* DeviceMemory::find_idle(std::uint64_t bytes, std::uint32_t type) const {
  const auto fits = [&](const std::unique_ptr<Block>& block) {
    return !block->room && block->buffers == 0 && block->type == type && block->data == nullptr &&
           block->bytes >= bytes && block->bytes - bytes <= bytes / 4;
  };
  const auto found = std::ranges::find_if(blocks_, fits);
  return found == blocks_.end() ? nullptr : found->get();
}

DeviceBuffer::DeviceBuffer() noexcept = default;

DeviceBuffer::DeviceBuffer(DeviceBuffer&& other) noexcept
    : home_(std::move(other.home_)),
      buffer_(std::exchange(other.buffer_, VK_NULL_HANDLE)),
      address_(std::exchange(other.address_, 0)),
      size_bytes_(std::exchange(other.size_bytes_, 0)),
      data_(std::exchange(other.data_, nullptr)) {}

DeviceBuffer& DeviceBuffer::operator=(DeviceBuffer&& other) noexcept {
  std::swap(home_, other.home_);
  std::swap(buffer_, other.buffer_);
  std::swap(address_, other.address_);
  std::swap(size_bytes_, other.size_bytes_);
  std::swap(data_, other.data_);
  return *this;
}

DeviceBuffer::~DeviceBuffer() {
  if (home_ != nullptr) {
    const DriverCall call;
    const Device& device = home_->memory.device();
    device.api().vkDestroyBuffer(device.handle(), buffer_, nullptr);
    home_->memory.release(home_->place, size_bytes_, home_->tag);
  }
}

}  // namespace basalt::vulkan
