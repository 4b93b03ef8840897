#include "engine/device_figures.h"

#include <fmt/format.h>

#include <cstddef>
#include <span>

#include "runtime/vulkan/pipeline_cache_file.h"
#include "workloads/quantum/shaders/device_run.h"
#include "workloads/quantum/shaders/shaders.h"

namespace basalt {
namespace {

/// Null where there are none for this type.
const DeviceSpeeds* speeds_of(const std::optional<DeviceFigures>& figures, ElementType type) {
  if (!figures) {
    return nullptr;
  }
  if (type == ElementType::c64) {
    return &figures->single_precision;
  }
  return figures->double_precision ? &*figures->double_precision : nullptr;
}

}  // namespace

std::string fingerprint_of(const vulkan::DeviceProperties& properties) {
  // once: it takes longer than the rest of a decision
  static const std::uint64_t kernels = vulkan::checksum_of(std::as_bytes(quantum::stage_shader(ElementType::c64).code));
  return device_fingerprint(properties.uuid, properties.driver_version, kernels);
}

DeviceWisdomLookup look_up_device(const vulkan::DeviceProperties& properties, const std::filesystem::path& path) {
  return Wisdom(wisdom_path(path)).find_device(fingerprint_of(properties));
}

DeviceLimits choose_device_limits(const vulkan::PhysicalDevice& physical, const std::optional<DeviceFigures>& figures,
                                  ElementType type) {
  DeviceLimits limits = quantum::device_limits(physical.properties, physical.plan, type);
  if (const DeviceSpeeds* speeds = speeds_of(figures, type)) {
    limits.bytes_per_second = speeds->bytes_per_second.median;
    limits.flops_per_second = speeds->flops_per_second.median;
    limits.transposition_sweeps = speeds->transposition_sweeps.median;
    limits.stage_seconds = speeds->stage_seconds.median;
    if (speeds->trip_seconds.median > 0) {
      limits.tile_flop_seconds = speeds->tile_flop_seconds.median;
      limits.tile_transposition_seconds = speeds->tile_transposition_seconds.median;
      limits.trip_seconds = speeds->trip_seconds.median;
    }
  }
  return limits;
}

std::vector<LimitChoice> device_limit_choices(const DeviceLimits& limits, const std::optional<DeviceFigures>& figures,
                                              ElementType type) {
  const std::string source =
      speeds_of(figures, type) != nullptr ? "measured at " + figures->measured_at : "default for devices of its kind";
  return {
      {"tile_axes", fmt::format("{}", limits.tile_axes), "what a workgroup of the device holds"},
      {"low_axes", fmt::format("{}", limits.low_axes), "runs of 128 bytes"},
      {"speed of memory", fmt::format("{:.1f} GB/s", limits.bytes_per_second / 1e9), source},
      {"arithmetic", fmt::format("{:.1f} GFLOP/s", limits.flops_per_second / 1e9), source},
      {"cost of a transposition", fmt::format("{:.2f} sweeps", limits.transposition_sweeps), source},
      {"cost of a stage", fmt::format("{:.1f} µs", 1e6 * limits.stage_seconds), source},
      {"cost of an operation on a tile alone", fmt::format("{:.1f} ns", 1e9 * limits.tile_flop_seconds), source},
      {"cost of a transposition of a tile alone", fmt::format("{:.2f} µs", 1e6 * limits.tile_transposition_seconds),
       source},
      {"cost of waiting for work", fmt::format("{:.0f} µs", 1e6 * limits.trip_seconds), source},
  };
}

}  // namespace basalt
