// What progress looks like: a bar with its percentage, and times for people.
#pragma once

#include <string>

namespace basalt::cli {

/// "███████░░░░…  25%" for 0.25.
std::string draw_bar(double fraction);

/// "42 s", "3 min 20 s", "2 h 05 min".
std::string format_duration(double seconds);

}  // namespace basalt::cli
