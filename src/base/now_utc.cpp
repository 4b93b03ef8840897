#include "base/now_utc.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

namespace basalt {

std::string now_utc() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

}  // namespace basalt
