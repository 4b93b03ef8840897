#include "runtime/vulkan/memory_block.h"

#include <fmt/format.h>

#include <algorithm>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "runtime/vulkan/driver_call.h"
#include "runtime/vulkan/structure.h"

namespace basalt::vulkan {

/// What the budget of a heap leaves. A driver that counts what this process uses counts our allocations, too.
std::uint64_t DeviceMemory::unallocated_bytes(std::uint32_t heap) const {
  const HeapBudget budget = Instance::budgets(device_->physical()).at(heap);
  const std::uint64_t used = std::max(budget.used_bytes, use_[heap].reserved_bytes);
  return budget.budget_bytes - std::min(budget.budget_bytes, used);
}

/// Null where neither the budget nor the driver has room for it, even once empty allocations were given back.
DeviceMemory::Block* DeviceMemory::make_block(std::uint64_t bytes, std::uint32_t type, bool mapped, bool shared) {
  const std::uint32_t heap = device_->properties().types[type].heap;
  const std::uint32_t most = device_->properties().max_allocations;
  blocks_.reserve(blocks_.size() + 1);
  auto block = std::make_unique<Block>(*device_, bytes, type, shared);
  auto flags = structure<VkMemoryAllocateFlagsInfo>(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO);
  flags.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT;
  auto info = structure<VkMemoryAllocateInfo>(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO);
  info.pNext = &flags;
  info.allocationSize = bytes;
  info.memoryTypeIndex = type;

  VkResult result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  do {
    if (bytes <= unallocated_bytes(heap) && (most == 0 || blocks_.size() < most)) {
      result = device_->api().vkAllocateMemory(device_->handle(), &info, nullptr, &block->memory);
    }
  } while (result == VK_ERROR_OUT_OF_DEVICE_MEMORY && drop_empty_blocks() > 0);
  if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY) {
    return nullptr;
  }
  device_->check(result, "allocating memory");
  if (mapped) {
    void* data = nullptr;
    device_->check(device_->api().vkMapMemory(device_->handle(), block->memory, 0, VK_WHOLE_SIZE, 0, &data),
                   "mapping memory");
    block->data = static_cast<std::byte*>(data);
  }
  HeapUse& use = use_[heap];
  use.reserved_bytes += bytes;
  use.peak_bytes = std::max(use.peak_bytes, use.reserved_bytes);
  blocks_.push_back(std::move(block));
  return blocks_.back().get();
}

/// `place` has no block where room for the buffer was not found, or where its memory is the host's.
void DeviceMemory::release(const Place& place, std::uint64_t bytes, const std::string& tag) noexcept {
  const std::scoped_lock lock(mutex_);
  const auto held = held_.find(tag);
  if (place.block != nullptr) {
    held->second -= bytes;
    use_[device_->properties().types[place.block->type].heap].used_bytes -= bytes;
    --place.block->buffers;
    if (place.block->room) {
      place.block->room->release(place.at);
    } else if (!may_stay(*place.block)) {
      drop_blocks([&](const Block& block) { return &block == place.block; });
    }
  }
  if (held != held_.end() && held->second == 0) {
    held_.erase(held);
  }
}

/// Drivers take milliseconds to give memory, and to take it back, which a state of the next job needs again.
bool DeviceMemory::may_stay(const Block& left) const {
  constexpr std::uint64_t kShareOfHeap = 32;
  std::uint64_t idle = 0;
  for (const auto& block : blocks_) {
    idle += !block->room && block->buffers == 0 && block->type == left.type ? block->bytes : 0;
  }
  const std::vector<MemoryType>& types = device_->properties().types;
  return left.data == nullptr && idle <= device_->properties().heaps[types[left.type].heap].bytes / kShareOfHeap;
}

template <typename Condition>
std::uint64_t DeviceMemory::drop_blocks(const Condition& goes) noexcept {
  const DriverCall call;
  return std::erase_if(blocks_, [&](const std::unique_ptr<Block>& block) {
    if (!goes(*block)) {
      return false;
    }
    use_[device_->properties().types[block->type].heap].reserved_bytes -= block->bytes;
    return true;
  });
}

std::uint64_t DeviceMemory::drop_empty_blocks() noexcept {
  return drop_blocks([](const Block& block) { return block.buffers == 0; });
}

void DeviceMemory::trim() {
  const std::scoped_lock lock(mutex_);
  drop_empty_blocks();
}

std::uint64_t DeviceMemory::idle_bytes() const {
  const std::scoped_lock lock(mutex_);
  std::uint64_t bytes = 0;
  for (const auto& block : blocks_) {
    bytes += !block->room && block->buffers == 0 && block->data == nullptr ? block->bytes : 0;
  }
  return bytes;
}

std::uint64_t DeviceMemory::free_bytes() const {
  const std::scoped_lock lock(mutex_);
  const std::uint32_t heap = device_->properties().types[types_[0]].heap;
  std::uint64_t bytes = unallocated_bytes(heap);
  for (const auto& block : blocks_) {
    const bool idle = block->buffers == 0 && device_->properties().types[block->type].heap == heap;
    bytes += idle ? block->bytes : 0;  // is given back where room is short
  }
  return bytes;
}

std::vector<HeapUse> DeviceMemory::use() const {
  const std::scoped_lock lock(mutex_);
  return use_;
}

void DeviceMemory::refuse(std::uint64_t bytes, std::uint32_t heap, const char* tag) const {
  std::string holders;
  for (const auto& [holder, held] : held_) {
    if (held == 0) {  // who asks now
      continue;
    }
    holders += fmt::format("{}{} {}", holders.empty() ? "" : ", ", holder, format_bytes(held));
  }
  throw Error(ErrorCode::out_of_resources,
              fmt::format("device {} has no room for {} ({}): {} free, held: {}", device_->properties().name,
                          format_bytes(bytes), tag, format_bytes(unallocated_bytes(heap)),
                          holders.empty() ? "nothing" : holders),
              "close other programs that use the device, or use fewer qubits");
}

}  // namespace basalt::vulkan
