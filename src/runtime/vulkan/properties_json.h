// Properties as JSON: records of real cards, for tests and bug reports. The keys are the members' names.
#pragma once

#include <string>
#include <string_view>

#include "runtime/vulkan/properties.h"

namespace basalt::vulkan {

std::string to_json(const DeviceProperties& properties);

/// Throws Error(bad_input) for what to_json() could not have written.
DeviceProperties properties_from_json(std::string_view text);

}  // namespace basalt::vulkan
