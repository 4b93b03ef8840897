// Measures a device with stages made by hand, by its own clock.
#pragma once

#include <functional>
#include <string_view>

#include "basalt/cancel.h"
#include "basalt/device_tune.h"
#include "engine/device_cache.h"
#include "plan/program.h"

namespace basalt {

/// A rotation of one axis, all entries of whose matrix are complex: arithmetic is measured by such.
Step slanted_rotation(int axis);

struct DeviceCalibration {
  double seconds = 2;  ///< About how long it may take.
  const CancelToken& cancel;
  std::function<void(double fraction, std::string_view what)> on_progress;
};

/// Takes a quarter of what the device's memory has free, and 2 GiB, at most; less on devices so slow that time would
/// not do. Nobody else may use the device meanwhile. Throws Error(cancelled), Error(out_of_resources),
/// Error(device_lost), and Error(too_noisy) where more arithmetic took no more time.
DeviceFigures measure_device(OpenDevice& device, const DeviceCalibration& settings);

}  // namespace basalt
