// What is known of the Vulkan devices, for choices: drivers and the wisdom are asked again after a while, for that
// takes longer than many a job.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "basalt/gpu.h"
#include "base/stopwatch.h"
#include "engine/device_figures.h"

namespace basalt {

/// Thread-safe.
class KnownDevices {
 public:
  /// As list_gpus() tells it, at most a tenth of a second ago.
  Gpus list();
  /// As look_up_device() finds them, at most a second ago.
  std::optional<DeviceFigures> figures_of(const vulkan::DeviceProperties& properties);

 private:
  struct Figures {
    std::optional<DeviceFigures> figures;
    Stopwatch since;
  };

  std::mutex mutex_;
  std::optional<Gpus> list_;
  Stopwatch since_list_;
  std::map<std::string, Figures> figures_;  ///< By fingerprint.
};

}  // namespace basalt
