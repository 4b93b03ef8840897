// What a Vulkan device says of itself, as plain data: recorded from real cards, it lets tests plan for machines that
// are not there.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace basalt::vulkan {

enum class DeviceType : std::uint8_t { other, integrated, discrete, virtual_gpu, cpu };

struct MemoryHeap {
  std::uint64_t bytes = 0;
  bool device_local = false;
  bool operator==(const MemoryHeap&) const = default;
};

struct MemoryType {
  std::uint32_t heap = 0;
  bool device_local = false;
  bool host_visible = false;
  bool host_coherent = false;
  bool host_cached = false;
  bool operator==(const MemoryType&) const = default;
};

struct QueueFamily {
  std::uint32_t count = 0;
  bool graphics = false;
  bool compute = false;
  bool transfer = false;
  std::uint32_t timestamp_bits = 0;
  bool operator==(const QueueFamily&) const = default;
};

struct DeviceProperties {
  std::string name;
  DeviceType type = DeviceType::other;
  std::uint32_t vendor_id = 0;
  std::uint32_t device_id = 0;
  std::uint32_t api_version = 0;     ///< As VK_MAKE_API_VERSION.
  std::uint32_t driver_version = 0;  ///< In the vendor's own encoding.
  std::uint32_t driver_id = 0;       ///< VkDriverId.
  std::string driver_name;           ///< E.g. "llvmpipe", "NVIDIA".
  std::string driver_info;           ///< E.g. "Mesa 22.3.6", "580.82.07".
  std::string uuid;                  ///< Of the device, 32 hexadecimal digits.
  std::string cache_uuid;            ///< Of pipeline caches that this driver understands.

  std::uint32_t subgroup_size = 0;
  std::uint32_t max_shared_bytes = 0;  ///< Of one workgroup.
  std::uint32_t max_workgroup_invocations = 0;
  std::array<std::uint32_t, 3> max_workgroup_size{};
  std::array<std::uint32_t, 3> max_workgroup_count{};
  std::uint32_t max_push_bytes = 0;
  std::uint64_t max_storage_range = 0;
  std::uint64_t max_allocation_bytes = 0;
  std::uint64_t max_buffer_bytes = 0;  ///< 0: not told.
  std::uint32_t max_allocations = 0;
  std::uint64_t host_pointer_alignment = 0;  ///< 0: memory of the host cannot be imported.
  double timestamp_period = 0;               ///< Nanoseconds.

  bool f64 = false;
  bool f16 = false;
  bool i64 = false;
  bool buffer_address = false;
  bool timeline = false;
  bool memory_budget = false;
  bool portability = false;  ///< Layered over another interface, as MoltenVK is.

  std::vector<MemoryHeap> heaps;
  std::vector<MemoryType> types;
  std::vector<QueueFamily> queues;

  bool operator==(const DeviceProperties&) const = default;
};

/// "discrete".
std::string_view name_of(DeviceType type) noexcept;

/// "1.3.230".
std::string version_text(std::uint32_t api_version);

/// "NVIDIA 580.82.07": name and version of the driver, as far as they are told.
std::string driver_text(const DeviceProperties& properties);

}  // namespace basalt::vulkan
