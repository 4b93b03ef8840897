#include "engine/known_devices.h"

namespace basalt {
namespace {

constexpr double kListSeconds = 0.1;
constexpr double kFiguresSeconds = 1;

}  // namespace

Gpus KnownDevices::list() {
  const std::scoped_lock lock(mutex_);
  if (!list_ || since_list_.seconds() > kListSeconds) {
    list_ = list_gpus();
    since_list_.restart();
  }
  return *list_;
}

std::optional<DeviceFigures> KnownDevices::figures_of(const vulkan::DeviceProperties& properties) {
  const std::string fingerprint = fingerprint_of(properties);
  const std::scoped_lock lock(mutex_);
  auto found = figures_.find(fingerprint);
  if (found == figures_.end() || found->second.since.seconds() > kFiguresSeconds) {
    found = figures_.insert_or_assign(fingerprint, Figures{.figures = look_up_device(properties).figures, .since = {}})
                .first;
  }
  return found->second.figures;
}

}  // namespace basalt
