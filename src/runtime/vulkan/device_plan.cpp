#include "runtime/vulkan/device_plan.h"

#include <fmt/format.h>
#include <volk.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "runtime/vulkan/quirks.h"

namespace basalt::vulkan {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

constexpr int kMostTileAxes = 12;
constexpr int kLeastTileAxes = 11;
constexpr std::uint64_t kPhaseBytes = 1024;  // of shared memory, beside the tile
constexpr std::uint64_t kMostChunkBytes = 2 * kGiB;
constexpr std::uint64_t kLeastChunkBytes = 64 * kMiB;
constexpr std::uint64_t kMostBlockBytes = 64 * kMiB;
constexpr std::uint64_t kBlocksPerHeap = 16;
constexpr std::uint32_t kMostGroupsPerRow = std::uint32_t{1} << 30;
constexpr std::uint32_t kLeastGroups = 65535;  // what Vulkan promises along each axis
constexpr std::uint32_t kPushBytes = 128;

/// The most axes of a tile for which there are threads and shared memory: it passes through there one component at a
/// time. Below kLeastTileAxes if there are too few.
int tile_axes(const DeviceProperties& properties, int register_axes, std::uint64_t component_bytes) {
  const std::uint64_t threads = std::min(properties.max_workgroup_invocations, properties.max_workgroup_size[0]);
  int axes = kMostTileAxes;
  while (axes >= kLeastTileAxes && ((std::uint64_t{1} << (axes - register_axes)) > threads ||
                                    (component_bytes << axes) + kPhaseBytes > properties.max_shared_bytes)) {
    --axes;
  }
  return axes;
}

/// The largest heap of the device's own.
std::uint64_t own_heap_bytes(const DeviceProperties& properties) {
  std::uint64_t most = 0;
  for (const MemoryHeap& heap : properties.heaps) {
    most = heap.device_local ? std::max(most, heap.bytes) : most;
  }
  return most;
}

/// The first that computes, with a clock if one has that.
std::optional<std::uint32_t> compute_family(const DeviceProperties& properties) {
  std::optional<std::uint32_t> first;
  for (std::uint32_t i = 0; i < properties.queues.size(); ++i) {
    const QueueFamily& family = properties.queues[i];
    if (!family.compute || family.count == 0) {
      continue;
    }
    if (family.timestamp_bits > 0) {
      return i;
    }
    first = first.value_or(i);
  }
  return first;
}

void choose_queues(const DeviceProperties& properties, std::uint32_t compute, DevicePlan& plan) {
  plan.compute_family = compute;
  plan.transfer_family = compute;
  const auto& families = properties.queues;
  const auto choose = [&](auto&& suits) {
    for (std::uint32_t i = 0; i < families.size() && !plan.own_transfer_queue; ++i) {
      if (suits(i, families[i])) {
        plan.transfer_family = i;
        plan.own_transfer_queue = true;
      }
    }
  };
  // engines for copies alone leave the cores to others
  choose([](std::uint32_t, const QueueFamily& family) {
    return family.transfer && !family.compute && !family.graphics && family.count > 0;
  });
  choose([&](std::uint32_t i, const QueueFamily& family) { return i == compute && family.count >= 2; });
  choose(
      [&](std::uint32_t i, const QueueFamily& family) { return i != compute && family.compute && family.count > 0; });
}

/// Empty if nothing is.
std::string what_is_missing(const DeviceProperties& properties, const DevicePlan& plan) {
  if (properties.api_version < VK_API_VERSION_1_2) {
    return fmt::format("it has Vulkan {}; 1.2 is needed", version_text(properties.api_version));
  }
  if (!compute_family(properties)) {
    return "it has no queue that computes";
  }
  if (!properties.timeline) {
    return "it has no timeline semaphores";
  }
  if (!properties.buffer_address) {
    return "it has no addresses of buffers (bufferDeviceAddress)";
  }
  if (plan.tile_axes_c64 < kLeastTileAxes) {
    return fmt::format("a workgroup has at most {} threads and {} bytes of shared memory; {} and {} are needed",
                       std::min(properties.max_workgroup_invocations, properties.max_workgroup_size[0]),
                       properties.max_shared_bytes, 1 << (kLeastTileAxes - plan.register_axes),
                       (4 << kLeastTileAxes) + kPhaseBytes);
  }
  if (std::min(properties.max_workgroup_count[0], properties.max_workgroup_count[1]) < kLeastGroups) {
    return fmt::format("a dispatch has at most {} by {} workgroups; {} each way are needed",
                       properties.max_workgroup_count[0], properties.max_workgroup_count[1], kLeastGroups);
  }
  if (properties.max_push_bytes < kPushBytes) {
    return fmt::format("it has {} bytes of push constants; {} are needed", properties.max_push_bytes, kPushBytes);
  }
  if (plan.chunk_bytes < kLeastChunkBytes || own_heap_bytes(properties) < kLeastChunkBytes) {
    return fmt::format("it has {} bytes of memory, in pieces of {}; {} are needed", own_heap_bytes(properties),
                       plan.chunk_bytes, kLeastChunkBytes);
  }
  return {};
}

void decide_f64(const DeviceProperties& properties, DevicePlan& plan) {
  if (!properties.f64) {
    plan.f64_reason = "it has no 64-bit floating point (shaderFloat64)";
  } else if (plan.tile_axes_c128 < kLeastTileAxes) {
    plan.f64_reason = fmt::format("a workgroup has {} bytes of shared memory; {} are needed",
                                  properties.max_shared_bytes, (8 << kLeastTileAxes) + kPhaseBytes);
  }
  plan.f64 = plan.f64_reason.empty();
}

}  // namespace

DevicePlan plan_device(const DeviceProperties& properties) {
  DevicePlan plan;
  plan.named_only = properties.type == DeviceType::cpu;
  if (properties.type == DeviceType::cpu) {
    // it compiles shaders when they run first, and waits for processors like everybody else
    plan.hang_seconds = 600;
    plan.few_pipelines = true;
  }
  plan.tile_axes_c64 = tile_axes(properties, plan.register_axes, 4);
  plan.tile_axes_c128 = tile_axes(properties, plan.register_axes, 8);
  plan.chunk_bytes = std::bit_floor(
      std::min({properties.max_allocation_bytes,
                properties.max_buffer_bytes == 0 ? kMostChunkBytes : properties.max_buffer_bytes, kMostChunkBytes}));
  plan.block_bytes =
      std::bit_floor(std::min({kMostBlockBytes, own_heap_bytes(properties) / kBlocksPerHeap, plan.chunk_bytes}));
  plan.groups_per_row = std::bit_floor(std::min(properties.max_workgroup_count[0], kMostGroupsPerRow));
  plan.host_import = properties.host_pointer_alignment > 0;
  if (const auto family = compute_family(properties)) {
    choose_queues(properties, *family, plan);
  }
  plan.reason = what_is_missing(properties, plan);
  plan.usable = plan.reason.empty();
  decide_f64(properties, plan);
  apply_quirks(known_quirks(), properties, plan);
  return plan;
}

}  // namespace basalt::vulkan
