// Measuring a Vulkan device: how fast it visits a state in its memory, how fast it computes on what it holds in
// registers, what starting work costs. The figures are kept as wisdom, beside those of processors, and plans for the
// device rely on them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "basalt/error.h"
#include "basalt/tune.h"

namespace basalt {

/// What a device reaches with states of one precision.
struct DeviceSpeeds {
  std::uint64_t state_bytes = 0;  ///< Of the state that was measured with.
  Measured bytes_per_second;      ///< Read plus written, of a visit of the whole state that changes nothing.
  Measured flops_per_second;      ///< Of matrices on registers, by what each more of them adds to such a visit.
  Measured transposition_sweeps;  ///< Such visits that handing tiles around among the threads of a workgroup costs.
  Measured stage_seconds;         ///< What one more visit costs, however small the state.
  // Of a state of one tile, where nothing else keeps the device busy. A median of 0: was not measured.
  Measured tile_flop_seconds;           ///< What one more operation an element takes.
  Measured tile_transposition_seconds;  ///< What handing the tile around once takes.
  Measured trip_seconds;                ///< From submitting work to knowing that it is done, the work itself left out.
};

/// What `tune` measures of a device.
struct DeviceFigures {
  std::string measured_at;  ///< UTC, ISO 8601.
  DeviceSpeeds single_precision;
  std::optional<DeviceSpeeds> double_precision;  ///< Where the device has such numbers.
};

struct DeviceTuneReport {
  std::string device;
  std::string driver;       ///< Its name and version.
  std::string fingerprint;  ///< Names this device with this version of its driver.
  DeviceFigures figures;
  bool recorded = false;
  /// Why the figures were not recorded though that was asked for: too_noisy, or io.
  std::optional<Error> refusal;
  std::filesystem::path wisdom;
  double seconds = 0;
};

/// Measures the device with this name or index, and records the figures unless its runs disagreed too much or the
/// wisdom cannot be written: then `refusal` says so. Throws Error(bad_usage) where there is no such device,
/// Error(cancelled), Error(out_of_resources) or Error(device_lost).
DeviceTuneReport tune_device(const std::string& device, const TuneOptions& options = {}, const TuneHooks& hooks = {});

/// Forgets what is known of this device; false where nothing was. Throws Error(bad_usage) or Error(io). `path` as in
/// TuneOptions.
bool forget_device(const std::string& device, const std::filesystem::path& path = {});

}  // namespace basalt
