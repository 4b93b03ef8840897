// Finds what a misspelt name may have meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace basalt {

/// The candidate that differs least from `name`, or empty when none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace basalt
