// How a device is used, decided from what it says of itself: features, sizes, queues. A pure function; what experience
// adds to a driver's own words is the table of quirks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/vulkan/properties.h"

namespace basalt::vulkan {

struct DevicePlan {
  bool usable = false;
  std::string reason;             ///< Why not, naming what is missing; empty where it is usable.
  bool named_only = false;        ///< Used only by who names it: a CPU that plays a device is slower than native code.
  bool f64 = false;               ///< c128 runs.
  std::string f64_reason;         ///< Why not.
  std::uint64_t chunk_bytes = 0;  ///< Of a field: a power of two, the most that one allocation holds.
  std::uint64_t block_bytes = 0;  ///< Small buffers share allocations of this size.
  int register_axes = 4;          ///< Axes that a thread holds in registers.
  int tile_axes_c64 = 12;         ///< Axes that a workgroup holds: registers and threads.
  int tile_axes_c128 = 12;
  std::uint32_t groups_per_row = 0;  ///< Workgroups along x in one dispatch, a power of two; more go along y.
  std::uint32_t compute_family = 0;
  std::uint32_t transfer_family = 0;  ///< The same where there is no other.
  bool own_transfer_queue = false;
  bool host_import = false;
  double most_dispatch_seconds = 0.1;  ///< No dispatch is meant to take longer.
  double hang_seconds = 60;  ///< A wait this long in which nothing that was submitted ends means that the device hangs.
  bool few_pipelines = false;          ///< Making one takes longer than what a more special one saves.
  std::uint32_t shared_words = 0;      ///< Of a stage, kept in shared memory beside the tile; 0: left where they are.
  std::uint64_t most_loop_rounds = 0;  ///< That one invocation of a shader makes, of all its loops; 0: any number.
  std::vector<std::string> quirks;     ///< Those that applied, for people.
};

DevicePlan plan_device(const DeviceProperties& properties);

}  // namespace basalt::vulkan
