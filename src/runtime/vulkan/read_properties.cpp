#include "runtime/vulkan/read_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "runtime/vulkan/structure.h"

namespace basalt::vulkan {
namespace {

/// Of an array that a driver filled: it may have left out the zero at the end.
template <std::size_t Size>
std::string text_of(const char (&array)[Size]) {
  return std::string(array, strnlen(array, Size));
}

std::string hex_of(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += fmt::format("{:02x}", byte);
  }
  return text;
}

DeviceType type_of(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return DeviceType::integrated;
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return DeviceType::discrete;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return DeviceType::virtual_gpu;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return DeviceType::cpu;
    default:
      return DeviceType::other;
  }
}

std::vector<std::string> extensions_of(VkPhysicalDevice device) {
  std::uint32_t count = 0;
  if (vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr) != VK_SUCCESS) {
    return {};
  }
  std::vector<VkExtensionProperties> found(count);
  if (vkEnumerateDeviceExtensionProperties(device, nullptr, &count, found.data()) < VK_SUCCESS) {
    return {};
  }
  std::vector<std::string> names;
  for (const VkExtensionProperties& extension : std::span(found).first(std::min<std::size_t>(count, found.size()))) {
    names.push_back(text_of(extension.extensionName));
  }
  return names;
}

void set_limits(DeviceProperties& result, const VkPhysicalDeviceProperties& told) {
  result.name = text_of(told.deviceName);
  result.type = type_of(told.deviceType);
  result.vendor_id = told.vendorID;
  result.device_id = told.deviceID;
  result.api_version = told.apiVersion;
  result.driver_version = told.driverVersion;
  result.cache_uuid = hex_of(told.pipelineCacheUUID);
  const VkPhysicalDeviceLimits& limits = told.limits;
  result.max_shared_bytes = limits.maxComputeSharedMemorySize;
  result.max_workgroup_invocations = limits.maxComputeWorkGroupInvocations;
  std::ranges::copy(limits.maxComputeWorkGroupSize, result.max_workgroup_size.begin());
  std::ranges::copy(limits.maxComputeWorkGroupCount, result.max_workgroup_count.begin());
  result.max_push_bytes = limits.maxPushConstantsSize;
  result.max_storage_range = limits.maxStorageBufferRange;
  result.max_allocations = limits.maxMemoryAllocationCount;
  result.timestamp_period = static_cast<double>(limits.timestampPeriod);
}

void set_memory(DeviceProperties& result, const VkPhysicalDeviceMemoryProperties& told) {
  for (const VkMemoryHeap& heap :
       std::span(told.memoryHeaps).first(std::min<std::size_t>(told.memoryHeapCount, VK_MAX_MEMORY_HEAPS))) {
    result.heaps.push_back({.bytes = heap.size, .device_local = (heap.flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0});
  }
  for (const VkMemoryType& type :
       std::span(told.memoryTypes).first(std::min<std::size_t>(told.memoryTypeCount, VK_MAX_MEMORY_TYPES))) {
    const auto has = [&](VkMemoryPropertyFlags flag) { return (type.propertyFlags & flag) != 0; };
    result.types.push_back({.heap = type.heapIndex,
                            .device_local = has(VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT),
                            .host_visible = has(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT),
                            .host_coherent = has(VK_MEMORY_PROPERTY_HOST_COHERENT_BIT),
                            .host_cached = has(VK_MEMORY_PROPERTY_HOST_CACHED_BIT)});
  }
}

void set_queues(DeviceProperties& result, VkPhysicalDevice device) {
  std::uint32_t count = 0;
  vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
  for (const VkQueueFamilyProperties& family :
       std::span(families).first(std::min<std::size_t>(count, families.size()))) {
    const auto has = [&](VkQueueFlags flag) { return (family.queueFlags & flag) != 0; };
    result.queues.push_back({.count = family.queueCount,
                             .graphics = has(VK_QUEUE_GRAPHICS_BIT),
                             .compute = has(VK_QUEUE_COMPUTE_BIT),
                             // the two others include it, whether a driver says so or not
                             .transfer = has(VK_QUEUE_TRANSFER_BIT | VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT),
                             .timestamp_bits = family.timestampValidBits});
  }
}

/// What came with Vulkan 1.1 and 1.2 and with extensions. Only structures that the device knows are in the chain.
void set_later_properties(DeviceProperties& result, VkPhysicalDevice device,
                          const std::vector<std::string>& extensions) {
  const auto has = [&](std::string_view name) { return std::ranges::find(extensions, name) != extensions.end(); };

  auto properties = structure<VkPhysicalDeviceProperties2>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2);
  auto v11 = structure<VkPhysicalDeviceVulkan11Properties>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES);
  auto v12 = structure<VkPhysicalDeviceVulkan12Properties>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES);
  auto maintenance4 =
      structure<VkPhysicalDeviceMaintenance4Properties>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_PROPERTIES);
  auto host_memory = structure<VkPhysicalDeviceExternalMemoryHostPropertiesEXT>(
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT);
  properties.pNext = &v11;
  v11.pNext = &v12;
  void** next = &v12.pNext;
  if (has(VK_KHR_MAINTENANCE_4_EXTENSION_NAME)) {
    *next = &maintenance4;
    next = &maintenance4.pNext;
  }
  if (has(VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME)) {
    *next = &host_memory;
  }
  vkGetPhysicalDeviceProperties2(device, &properties);
  result.driver_id = v12.driverID;
  result.driver_name = text_of(v12.driverName);
  result.driver_info = text_of(v12.driverInfo);
  result.uuid = hex_of(v11.deviceUUID);
  result.subgroup_size = v11.subgroupSize;
  result.max_allocation_bytes = v11.maxMemoryAllocationSize;
  result.max_buffer_bytes = maintenance4.maxBufferSize;
  result.host_pointer_alignment = host_memory.minImportedHostPointerAlignment;

  auto features = structure<VkPhysicalDeviceFeatures2>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2);
  auto features12 = structure<VkPhysicalDeviceVulkan12Features>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES);
  features.pNext = &features12;
  vkGetPhysicalDeviceFeatures2(device, &features);
  result.f64 = features.features.shaderFloat64 == VK_TRUE;
  result.f16 = features12.shaderFloat16 == VK_TRUE;
  result.i64 = features.features.shaderInt64 == VK_TRUE;
  result.buffer_address = features12.bufferDeviceAddress == VK_TRUE;
  result.timeline = features12.timelineSemaphore == VK_TRUE;
  result.memory_budget = has(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
  result.portability = has("VK_KHR_portability_subset");
}

}  // namespace

DeviceProperties read_properties(VkPhysicalDevice device) {
  DeviceProperties result;
  VkPhysicalDeviceProperties told{};
  vkGetPhysicalDeviceProperties(device, &told);
  set_limits(result, told);
  VkPhysicalDeviceMemoryProperties memory{};
  vkGetPhysicalDeviceMemoryProperties(device, &memory);
  set_memory(result, memory);
  set_queues(result, device);
  if (told.apiVersion >= VK_API_VERSION_1_2) {
    set_later_properties(result, device, extensions_of(device));
  }
  return result;
}

}  // namespace basalt::vulkan
