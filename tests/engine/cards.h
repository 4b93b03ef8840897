// Devices that nobody has, by the recorded properties of real cards.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "basalt/gpu.h"
#include "places.h"
#include "runtime/vulkan/device_plan.h"
#include "runtime/vulkan/properties_json.h"

namespace basalt {

/// As list_gpus() tells of it, with all of its memory free.
inline Gpu card(const std::string& name, int index) {
  const std::filesystem::path path =
      std::filesystem::path(places::kSourceFolder) / "tests/runtime/vulkan/cards" / (name + ".json");
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const vulkan::DeviceProperties properties = vulkan::properties_from_json(text);
  const vulkan::DevicePlan plan = vulkan::plan_device(properties);
  Gpu gpu;
  gpu.index = index;
  gpu.name = properties.name;
  gpu.usable = plan.usable;
  gpu.reason = plan.reason;
  gpu.named_only = plan.named_only;
  gpu.f64 = plan.f64;
  gpu.f64_reason = plan.f64_reason;
  gpu.properties = text;
  for (const vulkan::MemoryHeap& heap : properties.heaps) {
    gpu.heaps.push_back({.bytes = heap.bytes, .device_local = heap.device_local, .budget_bytes = heap.bytes});
  }
  return gpu;
}

inline Gpus cards(const std::vector<std::string>& names) {
  Gpus gpus;
  for (const std::string& name : names) {
    gpus.devices.push_back(card(name, static_cast<int>(gpus.devices.size())));
  }
  return gpus;
}

}  // namespace basalt
