// How a device is opened: extensions, features, queues.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/error.h"
#include "runtime/vulkan/device.h"
#include "runtime/vulkan/driver_call.h"
#include "runtime/vulkan/structure.h"

namespace basalt::vulkan {
namespace {

std::vector<VkExtensionProperties> offered_extensions(VkPhysicalDevice device) {
  std::uint32_t count = 0;
  std::vector<VkExtensionProperties> offered;
  VkResult result = VK_INCOMPLETE;
  while (result == VK_INCOMPLETE) {  // a layer may come between the two calls
    result = vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr);
    if (result == VK_SUCCESS) {
      offered.resize(count);
      result = vkEnumerateDeviceExtensionProperties(device, nullptr, &count, offered.data());
    }
  }
  offered.resize(result == VK_SUCCESS ? count : 0);
  return offered;
}

constexpr std::string_view kCalibratedTimestamps = "VK_EXT_calibrated_timestamps";

/// Whether the counter of an open device with this extension is read together with the clock of spans, which is
/// CLOCK_MONOTONIC.
bool shares_clock(VkPhysicalDevice device) {
  std::array<VkTimeDomainEXT, 16> domains{};
  std::uint32_t count = domains.size();
  if (vkGetPhysicalDeviceCalibrateableTimeDomainsEXT(device, &count, domains.data()) < VK_SUCCESS) {
    return false;
  }
  const auto told = std::span(domains).first(std::min<std::size_t>(count, domains.size()));
  const auto has = [told](VkTimeDomainEXT domain) { return std::ranges::find(told, domain) != told.end(); };
  return has(VK_TIME_DOMAIN_DEVICE_EXT) && has(VK_TIME_DOMAIN_CLOCK_MONOTONIC_EXT);
}

/// As `basalt devices` has it.
std::string track_name(const PhysicalDevice& physical) {
  const std::vector<PhysicalDevice>& all = Instance::get().devices();
  const auto at = std::ranges::find(all, physical.handle, &PhysicalDevice::handle);
  return fmt::format("vulkan {} {}", at - all.begin(), physical.properties.name);
}

/// Of what Basalt uses, what there is. A layered driver demands that its extension is enabled.
std::vector<const char*> extensions_of(const PhysicalDevice& physical) {
  std::vector<const char*> wanted = {"VK_KHR_portability_subset", kCalibratedTimestamps.data()};
  if (physical.plan.host_import) {
    wanted.push_back("VK_EXT_external_memory_host");
  }
  if (physical.properties.memory_budget) {
    wanted.push_back("VK_EXT_memory_budget");
  }
  const std::vector<VkExtensionProperties> offered = offered_extensions(physical.handle);
  std::erase_if(wanted, [&offered](const char* name) {
    return std::ranges::none_of(offered, [name](const VkExtensionProperties& extension) {
      return std::strcmp(static_cast<const char*>(extension.extensionName), name) == 0;
    });
  });
  return wanted;
}

}  // namespace

Device::Device(PhysicalDevice physical, DeviceOptions options)
    : physical_(std::move(physical)), options_(std::move(options)), track_(track_name(physical_)) {
  if (options_.hang_seconds == 0) {
    options_.hang_seconds = plan().hang_seconds;
  }
}

std::shared_ptr<Device> Device::open(const PhysicalDevice& physical, DeviceOptions options) {
  if (!physical.plan.usable) {
    throw Error(ErrorCode::bad_usage, "device " + physical.properties.name + " cannot be used: " + physical.plan.reason,
                "choose another device, or run on the processor");
  }
  std::shared_ptr<Device> device(new Device(physical, std::move(options)));
  device->create();  // what it has made so far goes with the device when it throws
  return device;
}

void Device::create() {
  const DriverCall call;
  queues_[0].family = plan().compute_family;
  queues_[1].family = plan().transfer_family;
  const bool same_family = plan().own_transfer_queue && queues_[0].family == queues_[1].family;
  const std::array<float, 2> priorities = {1, 1};
  std::array<VkDeviceQueueCreateInfo, 2> queue_infos{};
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    queue_infos[i].sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
    queue_infos[i].queueFamilyIndex = queues_[i].family;
    queue_infos[i].queueCount = same_family ? 2 : 1;
    queue_infos[i].pQueuePriorities = priorities.data();
  }

  auto features12 = structure<VkPhysicalDeviceVulkan12Features>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES);
  features12.bufferDeviceAddress = VK_TRUE;
  features12.timelineSemaphore = VK_TRUE;
  auto features = structure<VkPhysicalDeviceFeatures2>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2);
  features.pNext = &features12;
  features.features.shaderInt64 = properties().i64 ? VK_TRUE : VK_FALSE;
  features.features.shaderFloat64 = properties().f64 ? VK_TRUE : VK_FALSE;

  const std::vector<const char*> extensions = extensions_of(physical_);
  auto info = structure<VkDeviceCreateInfo>(VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO);
  info.pNext = &features;
  info.queueCreateInfoCount = plan().own_transfer_queue && !same_family ? 2 : 1;
  info.pQueueCreateInfos = queue_infos.data();
  info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  check(vkCreateDevice(physical_.handle, &info, nullptr, &device_), "opening the device");

  volkLoadDeviceTable(&table_, device_);
  reads_clocks_ = std::ranges::find(extensions, kCalibratedTimestamps,
                                    [](const char* name) { return std::string_view(name); }) != extensions.end() &&
                  shares_clock(physical_.handle);
  if (options_.alter) {
    options_.alter(table_);
  }

  auto timeline = structure<VkSemaphoreTypeCreateInfo>(VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO);
  timeline.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
  auto semaphore = structure<VkSemaphoreCreateInfo>(VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO);
  semaphore.pNext = &timeline;
  for (std::size_t i = 0; i < (plan().own_transfer_queue ? 2U : 1U); ++i) {
    table_.vkGetDeviceQueue(device_, queues_[i].family, same_family && i == 1 ? 1 : 0, &queues_[i].handle);
    check(table_.vkCreateSemaphore(device_, &semaphore, nullptr, &queues_[i].timeline), "creating a timeline");
  }
}

}  // namespace basalt::vulkan
