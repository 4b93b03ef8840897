// What Vulkan devices there are, and what Basalt makes of each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace basalt {

struct GpuHeap {
  std::uint64_t bytes = 0;
  bool device_local = false;       ///< Else memory of the host that the device reaches.
  std::uint64_t budget_bytes = 0;  ///< What this process may have of it now.
  std::uint64_t used_bytes = 0;    ///< By this process.
};

struct Gpu {
  int index = 0;  ///< By which it is named, besides its name.
  std::string name;
  std::string type;  ///< "discrete", "integrated", "virtual", "cpu", "other".
  std::string driver;
  std::string vulkan;  ///< Version, e.g. "1.3.230".
  std::vector<GpuHeap> heaps;

  bool usable = false;
  std::string reason;       ///< Why it is not.
  bool named_only = false;  ///< Used only by who names it.

  std::uint32_t subgroup_size = 0;
  std::uint32_t max_shared_bytes = 0;  ///< Of one workgroup.
  std::uint32_t max_workgroup_invocations = 0;
  std::uint64_t max_allocation_bytes = 0;
  bool f64 = false;  ///< Runs c128.
  std::string f64_reason;
  bool f16 = false;
  bool i64 = false;
  std::uint64_t chunk_bytes = 0;  ///< A field is cut into allocations of this size.
  int tile_axes_c64 = 0;
  int tile_axes_c128 = 0;
  std::vector<std::string> quirks;  ///< What is known of it beside its own words.

  std::string properties;  ///< All that it says of itself, as a JSON document.
};

struct Gpus {
  std::vector<Gpu> devices;
  std::string reason;  ///< Why there are none; empty where there is one.
};

/// Asks the drivers in a process of its own, unless this process uses them already: one that crashes, hangs or prints
/// does none of it here. Never throws for what a driver does.
Gpus list_gpus();

/// For people: "A + B", or "2 × A".
std::string join_device_names(const std::vector<std::string>& names);

}  // namespace basalt
