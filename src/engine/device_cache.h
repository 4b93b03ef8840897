// Devices that jobs of this process have opened: opening one takes longer than many a job.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "basalt/ledger.h"
#include "engine/device_figures.h"
#include "runtime/vulkan/device.h"
#include "runtime/vulkan/memory.h"
#include "runtime/vulkan/pipelines.h"
#include "workloads/quantum/shaders/recorded_runs.h"

namespace basalt {

struct OpenDevice {
  explicit OpenDevice(const vulkan::PhysicalDevice& physical, const vulkan::DeviceOptions& options = {})
      : device(vulkan::Device::open(physical, options)),
        memory(device),
        pipelines(device, vulkan::cache_folder()),
        recorded(pipelines),
        figures(look_up_device(physical.properties).figures) {}

  std::shared_ptr<vulkan::Device> device;
  vulkan::DeviceMemory memory;
  vulkan::Pipelines pipelines;
  quantum::RecordedRuns recorded;  ///< For whoever holds `in_use`.
  /// Of one in-place scale of a small state, once it was measured; by type and axes, for whoever holds `in_use`.
  std::map<std::pair<ElementType, int>, double> sweep_seconds;
  const std::optional<DeviceFigures> figures;  ///< What was measured of it, before it was opened.
  std::mutex in_use;                           ///< One job at a time: two would only be in each other's way.
};

/// Gives back what is kept of earlier jobs for small states, where no job is at it: for a state that may need the room.
void make_room(OpenDevice& device);

/// Of the device's own memory, in the ledger.
std::string heap_name(const vulkan::DeviceProperties& device);

/// Thread-safe.
class DeviceCache {
 public:
  /// So often may a device be lost before this process leaves it alone.
  static constexpr int kMostLosses = 2;

  /// By name or index, as vulkan::Instance::find has it. `twin`: which of several logical devices of it, each with
  /// queues and memory of its own. Throws Error(bad_usage), Error(out_of_resources), and Error(device_lost) for a
  /// device that was lost too often.
  std::shared_ptr<OpenDevice> open(const std::string& name, std::size_t twin = 0);

  /// How devices are opened from now on. For tests.
  void open_with(vulkan::DeviceOptions options);

  [[nodiscard]] bool has_open();

  /// How many were opened so far.
  [[nodiscard]] std::size_t openings();

  /// Of the open device with this UUID, what it keeps for the next state.
  [[nodiscard]] std::uint64_t idle_bytes(const std::string& uuid);

  /// The memory of those that are open, for the ledger.
  [[nodiscard]] std::vector<CapacityLimit> capacity();

  /// A job found this device lost: the next one opens it anew.
  void lost(const OpenDevice& device);

 private:
  struct Entry {
    std::vector<std::shared_ptr<OpenDevice>> open;  ///< By twin; null where it is not open.
    int losses = 0;
  };

  std::mutex mutex_;
  vulkan::DeviceOptions options_;
  std::size_t openings_ = 0;
  std::map<std::string, Entry> entries_;  ///< By the device's UUID.
};

}  // namespace basalt
