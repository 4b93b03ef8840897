// Measures a device, judges whether its runs agreed, records.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "basalt/device_tune.h"
#include "base/stopwatch.h"
#include "engine/device_figures.h"
#include "engine/measure_device.h"

namespace basalt {
namespace {

/// One and the same visit of a state, repeated: where that differs by more, the other figures do, too.
constexpr double kMostVisitSpread = 0.1;
/// Differences of such visits differ more than they do.
constexpr double kMostAddedSpread = 0.3;

std::optional<Error> judge(const DeviceSpeeds& speeds, const char* precision) {
  const double visit = speeds.bytes_per_second.spread;
  const double added = std::max(speeds.flops_per_second.spread, speeds.transposition_sweeps.spread);
  if (visit <= kMostVisitSpread && added <= kMostAddedSpread) {
    return std::nullopt;
  }
  return Error(ErrorCode::too_noisy,
               fmt::format("the device's runs disagree too much to record these figures: in {} precision, one visit of "
                           "a state, repeated, took times that spread by {:.0f}% (at most {:.0f}% is quiet), and what "
                           "was added to it, {:.0f}% (at most {:.0f}%)",
                           precision, 100 * visit, 100 * kMostVisitSpread, 100 * added, 100 * kMostAddedSpread),
               "stop what else uses the device and try again, or record them all the same with --force");
}

std::optional<Error> judge(const DeviceFigures& figures) {
  const std::optional<Error> refusal = judge(figures.single_precision, "single");
  return refusal || !figures.double_precision ? refusal : judge(*figures.double_precision, "double");
}

}  // namespace

DeviceTuneReport tune_device(const std::string& device, const TuneOptions& options, const TuneHooks& hooks) {
  const Stopwatch watch;
  const CancelToken never;
  DeviceCache devices;
  const std::shared_ptr<OpenDevice> open = devices.open(device);
  const vulkan::DeviceProperties& properties = open->device->properties();
  DeviceTuneReport report{.device = properties.name,
                          .driver = vulkan::driver_text(properties),
                          .fingerprint = fingerprint_of(properties),
                          .figures = measure_device(*open, {.seconds = options.seconds,
                                                            .cancel = hooks.cancel != nullptr ? *hooks.cancel : never,
                                                            .on_progress = hooks.on_progress}),
                          .refusal = {},
                          .wisdom = wisdom_path(options.wisdom)};
  if (options.record) {
    report.refusal = options.force ? std::nullopt : judge(report.figures);
    if (!report.refusal) {
      try {
        Wisdom(report.wisdom).record_device(report.fingerprint, report.device, report.figures);
        report.recorded = true;
      } catch (const Error& error) {  // what was measured is still worth showing
        report.refusal = error;
      }
    }
  }
  report.seconds = watch.seconds();
  return report;
}

bool forget_device(const std::string& device, const std::filesystem::path& path) {
  const vulkan::PhysicalDevice& physical = vulkan::Instance::get().find(device);
  return Wisdom(wisdom_path(path)).forget_device(fingerprint_of(physical.properties));
}

}  // namespace basalt
