#include "engine/device_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "basalt/error.h"

namespace basalt {

void make_room(OpenDevice& device) {
  const std::unique_lock alone(device.in_use, std::try_to_lock);
  if (alone) {
    device.recorded.forget();
    device.memory.trim();
  }
}

std::string heap_name(const vulkan::DeviceProperties& device) {
  return fmt::format("memory of {} ({})", device.name, device.uuid);
}

std::shared_ptr<OpenDevice> DeviceCache::open(const std::string& name, std::size_t twin) {
  const vulkan::PhysicalDevice& physical = vulkan::Instance::get().find(name);
  const std::scoped_lock lock(mutex_);
  Entry& entry = entries_[physical.properties.uuid];
  if (entry.losses >= kMostLosses) {
    throw Error(ErrorCode::device_lost,
                fmt::format("\"{}\" was lost {} times and is left alone", physical.properties.name, entry.losses),
                "use --backend cpu, or start again");
  }
  entry.open.resize(std::max(entry.open.size(), twin + 1));
  std::shared_ptr<OpenDevice>& device = entry.open[twin];
  if (device == nullptr) {
    device = std::make_shared<OpenDevice>(physical, options_);
    ++openings_;
  }
  return device;
}

void DeviceCache::open_with(vulkan::DeviceOptions options) {
  const std::scoped_lock lock(mutex_);
  options_ = std::move(options);
}

std::size_t DeviceCache::openings() {
  const std::scoped_lock lock(mutex_);
  return openings_;
}

bool DeviceCache::has_open() {
  const std::scoped_lock lock(mutex_);
  return std::ranges::any_of(entries_, [](const auto& entry) {
    return std::ranges::any_of(entry.second.open, [](const auto& twin) { return twin != nullptr; });
  });
}

std::uint64_t DeviceCache::idle_bytes(const std::string& uuid) {
  const std::scoped_lock lock(mutex_);
  const auto entry = entries_.find(uuid);
  const bool is_open = entry != entries_.end() && !entry->second.open.empty() && entry->second.open.front() != nullptr;
  return is_open ? entry->second.open.front()->memory.idle_bytes() : 0;
}

std::vector<CapacityLimit> DeviceCache::capacity() {
  const std::scoped_lock lock(mutex_);
  std::vector<CapacityLimit> limits;
  for (const auto& [uuid, entry] : entries_) {
    const auto device = std::ranges::find_if(entry.open, [](const auto& twin) { return twin != nullptr; });
    if (device != entry.open.end()) {
      std::uint64_t bytes = 0;
      for (const vulkan::MemoryHeap& heap : (*device)->device->properties().heaps) {
        bytes = std::max(bytes, heap.device_local ? heap.bytes : 0);
      }
      limits.push_back({.resource = Resource::device_bytes,
                        .name = heap_name((*device)->device->properties()),
                        .value = bytes,
                        .shared = true});
    }
  }
  return limits;
}

void DeviceCache::lost(const OpenDevice& device) {
  const std::scoped_lock lock(mutex_);
  Entry& entry = entries_[device.device->properties().uuid];
  for (std::shared_ptr<OpenDevice>& twin : entry.open) {
    if (twin.get() == &device) {
      twin.reset();
      ++entry.losses;
    }
  }
}

}  // namespace basalt
