// Vulkan devices for people: asked for, told between processes, put into words.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "basalt/gpu.h"
#include "engine/ask_apart.h"
#include "runtime/vulkan/instance.h"
#include "runtime/vulkan/properties_json.h"

namespace basalt {
namespace {

using Json = nlohmann::ordered_json;
using vulkan::DevicePlan;
using vulkan::DeviceProperties;
using vulkan::HeapBudget;
using vulkan::Instance;

// The first start of a driver may compile for seconds.
constexpr double kMostSeconds = 30;

/// {"reason", "devices": [{"properties", "heaps": [[budget, used]]}]}: plans follow from properties.
std::string ask_drivers() {
  const Instance& instance = Instance::get();
  Json devices = Json::array();
  for (const vulkan::PhysicalDevice& device : instance.devices()) {
    Json heaps = Json::array();
    for (const HeapBudget& heap : Instance::budgets(device)) {
      heaps.push_back({heap.budget_bytes, heap.used_bytes});
    }
    devices.push_back({{"properties", vulkan::to_json(device.properties)}, {"heaps", heaps}});
  }
  return Json{{"reason", instance.reason()}, {"devices", devices}}.dump();
}

Gpu describe(int index, const DeviceProperties& properties, const Json& heaps) {
  const DevicePlan plan = plan_device(properties);
  Gpu gpu{.index = index,
          .name = properties.name,
          .type = std::string(name_of(properties.type)),
          .driver = driver_text(properties),
          .vulkan = vulkan::version_text(properties.api_version),
          .heaps = {},
          .usable = plan.usable,
          .reason = plan.reason,
          .named_only = plan.named_only,
          .subgroup_size = properties.subgroup_size,
          .max_shared_bytes = properties.max_shared_bytes,
          .max_workgroup_invocations = properties.max_workgroup_invocations,
          .max_allocation_bytes = properties.max_allocation_bytes,
          .f64 = plan.f64,
          .f64_reason = plan.f64_reason,
          .f16 = properties.f16,
          .i64 = properties.i64,
          .chunk_bytes = plan.chunk_bytes,
          .tile_axes_c64 = plan.tile_axes_c64,
          .tile_axes_c128 = plan.tile_axes_c128,
          .quirks = plan.quirks,
          .properties = to_json(properties)};
  for (std::size_t i = 0; i < properties.heaps.size(); ++i) {
    gpu.heaps.push_back({.bytes = properties.heaps[i].bytes,
                         .device_local = properties.heaps[i].device_local,
                         .budget_bytes = heaps.at(i).at(0),
                         .used_bytes = heaps.at(i).at(1)});
  }
  return gpu;
}

}  // namespace

Gpus list_gpus() {
  const Answer answer =
      Instance::is_made() ? Answer{.text = ask_drivers(), .failure = {}} : ask_apart(ask_drivers, kMostSeconds);
  if (!answer.failure.empty()) {
    return {.devices = {}, .reason = "a Vulkan driver failed when asked for its devices: " + answer.failure};
  }
  const Json told = Json::parse(answer.text);
  Gpus gpus{.devices = {}, .reason = told.at("reason")};
  for (const Json& device : told.at("devices")) {
    const DeviceProperties properties = vulkan::properties_from_json(device.at("properties").get<std::string>());
    gpus.devices.push_back(describe(static_cast<int>(gpus.devices.size()), properties, device.at("heaps")));
  }
  return gpus;
}

std::string join_device_names(const std::vector<std::string>& names) {
  if (names.size() > 1 && std::ranges::count(names, names.front()) == std::ssize(names)) {
    return fmt::format("{} × {}", names.size(), names.front());
  }
  return fmt::format("{}", fmt::join(names, " + "));
}

}  // namespace basalt
