// What devices are called.
#include "runtime/vulkan/properties.h"

#include <fmt/format.h>
#include <volk.h>

namespace basalt::vulkan {

std::string_view name_of(DeviceType type) noexcept {
  static constexpr std::array<std::string_view, 5> kNames = {"other", "integrated", "discrete", "virtual", "cpu"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string version_text(std::uint32_t api_version) {
  return fmt::format("{}.{}.{}", VK_API_VERSION_MAJOR(api_version), VK_API_VERSION_MINOR(api_version),
                     VK_API_VERSION_PATCH(api_version));
}

std::string driver_text(const DeviceProperties& properties) {
  if (properties.driver_name.empty()) {
    return fmt::format("unnamed, version {:#x}", properties.driver_version);
  }
  return properties.driver_info.empty() ? properties.driver_name
                                        : properties.driver_name + " " + properties.driver_info;
}

}  // namespace basalt::vulkan
