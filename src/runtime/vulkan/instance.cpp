#include "runtime/vulkan/instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "basalt/error.h"
#include "runtime/vulkan/driver_call.h"
#include "runtime/vulkan/read_properties.h"
#include "runtime/vulkan/structure.h"

namespace basalt::vulkan {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

// Without a driver's word: what the display and other programs may want of a heap.
constexpr std::uint64_t kReserveDivisor = 16;
constexpr std::uint64_t kMostReserveBytes = std::uint64_t{1} << 30;

std::atomic<bool> made = false;

struct Messages {
  std::mutex mutex;
  std::vector<std::string> list;
};

/// Never destroyed: a driver's thread may still report while the process ends.
Messages& messages() {
  static auto* const list = new Messages;
  return *list;
}

VKAPI_ATTR VkBool32 VKAPI_CALL note_message(VkDebugUtilsMessageSeverityFlagBitsEXT /*severity*/,
                                            VkDebugUtilsMessageTypeFlagsEXT /*types*/,
                                            const VkDebugUtilsMessengerCallbackDataEXT* data, void* /*user*/) {
  const std::lock_guard lock(messages().mutex);
  messages().list.emplace_back(data->pMessage == nullptr ? "a message without text" : data->pMessage);
  return VK_FALSE;
}

/// Of the validation layers alone: the loader warns, too, of drivers that it passes over.
VkDebugUtilsMessengerCreateInfoEXT messenger_info() {
  return {.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
          .pNext = nullptr,
          .flags = 0,
          .messageSeverity =
              VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
          .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
          .pfnUserCallback = note_message,
          .pUserData = nullptr};
}

bool is_set(const char* variable, std::string_view value) {
  const char* const text = std::getenv(variable);
  return text != nullptr && text == value;
}

bool is_layer_installed(const char* name) {
  std::uint32_t count = 0;
  vkEnumerateInstanceLayerProperties(&count, nullptr);
  std::vector<VkLayerProperties> layers(count);
  if (vkEnumerateInstanceLayerProperties(&count, layers.data()) < VK_SUCCESS) {
    return false;
  }
  return std::ranges::any_of(layers,
                             [&](const VkLayerProperties& layer) { return std::strcmp(layer.layerName, name) == 0; });
}

/// Of the loader and drivers, or of a layer.
bool has_extension(const char* layer, const char* name) {
  std::uint32_t count = 0;
  vkEnumerateInstanceExtensionProperties(layer, &count, nullptr);
  std::vector<VkExtensionProperties> extensions(count);
  if (vkEnumerateInstanceExtensionProperties(layer, &count, extensions.data()) < VK_SUCCESS) {
    return false;
  }
  return std::ranges::any_of(extensions, [&](const VkExtensionProperties& extension) {
    return std::strcmp(extension.extensionName, name) == 0;
  });
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return result;
}

std::optional<std::size_t> index_of(const std::string& text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(index) : std::nullopt;
}

/// In any case. A number must be a whole word: 56 is not in "256 bits".
bool is_in_name(const std::string& text, const std::string& device_name) {
  const std::string name = lower(device_name);
  const std::string part = lower(text);
  const auto is_word_part = [&](std::size_t i) { return i < name.size() && std::isalnum(std::uint8_t(name[i])) != 0; };
  for (std::size_t at = name.find(part); at != std::string::npos; at = name.find(part, at + 1)) {
    const bool is_word = (at == 0 || !is_word_part(at - 1)) && !is_word_part(at + part.size());
    if (is_word || !index_of(text)) {
      return true;
    }
  }
  return false;
}

std::string list_of(const std::vector<PhysicalDevice>& devices) {
  std::string list;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const DevicePlan& plan = devices[i].plan;
    list += fmt::format("{}{}: {}{}", i == 0 ? "" : ", ", i, devices[i].properties.name,
                        !plan.usable      ? " (not usable: " + plan.reason + ")"
                        : plan.named_only ? " (only when named)"
                                          : "");
  }
  return list;
}

}  // namespace

HeapBudget clamp_budget(std::uint64_t heap_bytes, std::uint64_t told_budget, std::uint64_t told_use) noexcept {
  const std::uint64_t beside_reserve = heap_bytes - std::min(heap_bytes / kReserveDivisor, kMostReserveBytes);
  return {.bytes = heap_bytes,
          .budget_bytes = told_budget == 0 ? beside_reserve : std::min(told_budget, heap_bytes),
          .used_bytes = std::min(told_use, heap_bytes)};
}

const PhysicalDevice& find_device(const std::vector<PhysicalDevice>& devices, const std::string& reason,
                                  const std::string& text) {
  if (devices.empty()) {
    throw Error(ErrorCode::bad_usage, "there is no Vulkan device: " + reason);
  }
  // a number that is no index may be part of a name, as 4090 is
  if (const auto index = index_of(text); index && *index < devices.size()) {
    return devices[*index];
  }
  const PhysicalDevice* found = nullptr;
  for (const PhysicalDevice& device : devices) {
    const bool matches =
        text.empty() ? device.plan.usable && !device.plan.named_only : is_in_name(text, device.properties.name);
    if (matches && (found == nullptr || (device.plan.usable && !found->plan.usable))) {
      found = &device;
    }
  }
  if (found == nullptr) {
    throw Error(
        ErrorCode::bad_usage,
        text.empty() ? "no Vulkan device is used unless it is named" : "there is no Vulkan device \"" + text + "\"",
        "Name one of: " + list_of(devices));
  }
  return *found;
}

bool Instance::is_made() noexcept {
  return made.load();
}

Instance& Instance::get() {
  // Never destroyed: drivers end in their own way, and what was made from it may still be there.
  static auto* const instance = new Instance;
  return *instance;
}

Instance::Instance() {
  made = true;
  if (is_set("BASALT_VULKAN", "off")) {
    reason_ = "BASALT_VULKAN=off is set";
    return;
  }
  const DriverCall call;
  if (volkInitialize() != VK_SUCCESS) {
    reason_ = "the Vulkan loader (libvulkan.so.1) is not installed";
    return;
  }
  if (volkGetInstanceVersion() < VK_API_VERSION_1_2) {
    reason_ = fmt::format("the Vulkan loader has version {}; 1.2 is needed", version_text(volkGetInstanceVersion()));
    return;
  }
  create();
  if (instance_ != VK_NULL_HANDLE) {
    list_devices();
  }
}

void Instance::create() {
  std::vector<const char*> layers;
  std::vector<const char*> extensions;
  auto info = structure<VkInstanceCreateInfo>(VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO);
  if (has_extension(nullptr, VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME)) {
    extensions.push_back(VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME);
    info.flags |= VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR;
  }

  constexpr std::array kChecks = {VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
  const VkDebugUtilsMessengerCreateInfoEXT messenger = messenger_info();
  const VkValidationFeaturesEXT validation{.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
                                           .pNext = &messenger,
                                           .enabledValidationFeatureCount = kChecks.size(),
                                           .pEnabledValidationFeatures = kChecks.data(),
                                           .disabledValidationFeatureCount = 0,
                                           .pDisabledValidationFeatures = nullptr};
  validates_ = is_set("BASALT_VULKAN_VALIDATION", "1") && is_layer_installed(kValidationLayer) &&
               has_extension(kValidationLayer, VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME);
  if (validates_) {
    layers.push_back(kValidationLayer);
    extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    extensions.push_back(VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME);
    info.pNext = &validation;
  }

  const VkApplicationInfo application{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                      .pNext = nullptr,
                                      .pApplicationName = "basalt",
                                      .applicationVersion = 0,
                                      .pEngineName = "basalt",
                                      .engineVersion = 0,
                                      .apiVersion = VK_API_VERSION_1_2};
  info.pApplicationInfo = &application;
  info.enabledLayerCount = static_cast<std::uint32_t>(layers.size());
  info.ppEnabledLayerNames = layers.data();
  info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  const VkResult result = vkCreateInstance(&info, nullptr, &instance_);
  if (result != VK_SUCCESS) {
    instance_ = VK_NULL_HANDLE;
    validates_ = false;
    reason_ = result == VK_ERROR_INCOMPATIBLE_DRIVER
                  ? "no Vulkan driver is installed"
                  : fmt::format("the Vulkan loader makes no instance (VkResult {})", static_cast<int>(result));
    return;
  }
  volkLoadInstanceOnly(instance_);
  if (validates_) {
    VkDebugUtilsMessengerEXT made = VK_NULL_HANDLE;  // for as long as the instance
    vkCreateDebugUtilsMessengerEXT(instance_, &messenger, nullptr, &made);
  }
}

void Instance::list_devices() {
  std::uint32_t count = 0;
  VkResult result = vkEnumeratePhysicalDevices(instance_, &count, nullptr);
  std::vector<VkPhysicalDevice> handles(count);
  if (result == VK_SUCCESS && count > 0) {
    result = vkEnumeratePhysicalDevices(instance_, &count, handles.data());
  }
  if (result < VK_SUCCESS) {
    reason_ = fmt::format("the Vulkan drivers list no devices (VkResult {})", static_cast<int>(result));
    return;
  }
  handles.resize(std::min<std::size_t>(count, handles.size()));
  for (VkPhysicalDevice handle : handles) {
    PhysicalDevice device{.handle = handle, .properties = read_properties(handle), .plan = {}};
    device.plan = plan_device(device.properties);
    devices_.push_back(std::move(device));
  }
  if (devices_.empty()) {
    reason_ = "the Vulkan drivers that are installed find no device";
  }
}

const PhysicalDevice& Instance::find(const std::string& text) const {
  return find_device(devices_, reason_, text);
}

std::vector<HeapBudget> Instance::budgets(const PhysicalDevice& device) {
  auto told = structure<VkPhysicalDeviceMemoryBudgetPropertiesEXT>(
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT);
  if (device.properties.memory_budget) {
    VkPhysicalDeviceMemoryProperties2 memory{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, .pNext = &told, .memoryProperties = {}};
    vkGetPhysicalDeviceMemoryProperties2(device.handle, &memory);
  }
  std::vector<HeapBudget> budgets;
  for (std::size_t i = 0; i < device.properties.heaps.size(); ++i) {
    budgets.push_back(clamp_budget(device.properties.heaps[i].bytes, told.heapBudget[i], told.heapUsage[i]));
  }
  return budgets;
}

std::vector<std::string> Instance::validation_messages() {
  const std::lock_guard lock(messages().mutex);
  return messages().list;
}

}  // namespace basalt::vulkan
