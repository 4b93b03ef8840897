// Memory of a device: small buffers share large allocations, fields are tables of chunks.
#pragma once

#include <volk.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/vulkan/device.h"

namespace basalt::vulkan {

enum class Placement : std::uint8_t {
  device,    ///< Fast for the device; the host does not see it.
  upload,    ///< The host writes, the device reads.
  download,  ///< The device writes, the host reads: cached where there is such memory.
};

class DeviceMemory;

/// A buffer on a device, with its address. Movable; gives its memory back when it goes. Usable as storage and for
/// transfers.
class DeviceBuffer {
 public:
  DeviceBuffer() noexcept;
  DeviceBuffer(DeviceBuffer&& other) noexcept;
  DeviceBuffer& operator=(DeviceBuffer&& other) noexcept;
  ~DeviceBuffer();

  [[nodiscard]] VkBuffer handle() const noexcept { return buffer_; }
  [[nodiscard]] std::uint64_t address() const noexcept { return address_; }
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }
  /// Null where the host does not see it. Host-visible memory is coherent.
  [[nodiscard]] std::byte* data() const noexcept { return data_; }

 private:
  friend class DeviceMemory;
  struct Home;
  std::unique_ptr<Home> home_;
  VkBuffer buffer_ = VK_NULL_HANDLE;
  std::uint64_t address_ = 0;
  std::uint64_t size_bytes_ = 0;
  std::byte* data_ = nullptr;
};

/// What is held of one heap.
struct HeapUse {
  std::uint64_t used_bytes = 0;      ///< In buffers.
  std::uint64_t reserved_bytes = 0;  ///< In allocations from the driver.
  std::uint64_t peak_bytes = 0;      ///< Of reserved_bytes.
};

/// Thread-safe. Must outlive its buffers.
class DeviceMemory {
 public:
  explicit DeviceMemory(std::shared_ptr<Device> device);
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  /// `bytes` from 1 to plan().chunk_bytes, aligned to 256. Checks the heap's budget first. Throws
  /// Error(out_of_resources) that names the request, what is free and what is held for which tags.
  DeviceBuffer allocate(std::uint64_t bytes, Placement placement, const char* tag);

  /// Chunks of plan().chunk_bytes each, the last smaller, `bytes` together. All or nothing.
  std::vector<DeviceBuffer> allocate_chunks(std::uint64_t bytes, const char* tag);

  /// A buffer over memory of the host, which stays where it is and outlives the buffer: the device reads and writes it
  /// there, and several devices may import the same (what one wrote is there for others after a host_barrier() and the
  /// wait). It counts as no heap's. Nothing where the device cannot do that, or not with this memory (some drivers
  /// refuse files that are mapped): copy instead. Start and size are multiples of properties().host_pointer_alignment,
  /// and the size is at most plan().chunk_bytes; else throws Error(bad_usage).
  std::optional<DeviceBuffer> import_host(std::span<std::byte> memory, const char* tag);

  /// What could be allocated now on the device's own heap.
  [[nodiscard]] std::uint64_t free_bytes() const;
  /// What was allocated for large buffers that are gone, and stays for the next.
  [[nodiscard]] std::uint64_t idle_bytes() const;
  [[nodiscard]] std::vector<HeapUse> use() const;
  /// Gives allocations in which no buffer is left back to the driver.
  void trim();

  [[nodiscard]] Device& device() const noexcept { return *device_; }
  [[nodiscard]] const std::shared_ptr<Device>& shared_device() const noexcept { return device_; }

 private:
  struct Block;
  struct Place;
  friend class DeviceBuffer;

  [[nodiscard]] std::optional<std::uint32_t> find_type(std::uint32_t allowed, Placement placement) const;
  /// Finds room for a buffer in an allocation that there is, or makes one. Callers hold the lock.
  Place find_place(const VkMemoryRequirements& needed, Placement placement, const char* tag);
  /// One that was left by a buffer of about that size; null: there is none.
  [[nodiscard]] Block* find_idle(std::uint64_t bytes, std::uint32_t type) const;
  [[nodiscard]] bool may_stay(const Block& left) const;
  Block* make_block(std::uint64_t bytes, std::uint32_t type, bool mapped, bool shared);
  void release(const Place& place, std::uint64_t bytes, const std::string& tag) noexcept;
  template <typename Condition>
  std::uint64_t drop_blocks(const Condition& goes) noexcept;
  std::uint64_t drop_empty_blocks() noexcept;
  [[nodiscard]] std::uint64_t unallocated_bytes(std::uint32_t heap) const;
  [[noreturn]] void refuse(std::uint64_t bytes, std::uint32_t heap, const char* tag) const;

  std::shared_ptr<Device> device_;
  std::array<std::uint32_t, 3> types_{};  ///< The type of memory for each Placement.
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<HeapUse> use_;                   ///< By heap.
  std::map<std::string, std::uint64_t> held_;  ///< Bytes by tag.
};

}  // namespace basalt::vulkan
