// Text inside JSON.
#pragma once

#include <string>
#include <string_view>

namespace basalt::metrics {

/// Quoted and escaped; what is no UTF-8 is replaced.
std::string json_string(std::string_view text);

}  // namespace basalt::metrics
