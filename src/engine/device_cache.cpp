#include "engine/device_cache.h"

#include <fmt/format.h>

#include "basalt/error.h"

namespace basalt {

std::shared_ptr<OpenDevice> DeviceCache::open(const std::string& name) {
  const vulkan::PhysicalDevice& physical = vulkan::Instance::get().find(name);
  const std::scoped_lock lock(mutex_);
  Entry& entry = entries_[physical.properties.uuid];
  if (entry.losses >= kMostLosses) {
    throw Error(ErrorCode::device_lost,
                fmt::format("\"{}\" was lost {} times and is left alone", physical.properties.name, entry.losses),
                "use --backend cpu, or start again");
  }
  if (entry.open == nullptr) {
    entry.open = std::make_shared<OpenDevice>(physical);
  }
  return entry.open;
}

void DeviceCache::lost(const OpenDevice& device) {
  const std::scoped_lock lock(mutex_);
  Entry& entry = entries_[device.device->properties().uuid];
  if (entry.open.get() == &device) {
    entry.open.reset();
    ++entry.losses;
  }
}

}  // namespace basalt
