// When something was measured.
#pragma once

#include <string>

namespace basalt {

/// "2026-11-22T15:20:00Z".
std::string now_utc();

}  // namespace basalt
