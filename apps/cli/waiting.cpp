#include "waiting.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "print.h"

namespace basalt::cli {

std::string describe_waiting(const Waiting& waiting) {
  constexpr double kWorthSaying = 0.1;
  const std::string since =
      waiting.seconds < kWorthSaying ? "" : fmt::format(" (for {})", format_seconds(waiting.seconds));
  return fmt::format("waiting{}: {}{}{}", since, waiting.reason, waiting.holders.empty() ? "" : "; held by ",
                     fmt::join(waiting.holders, ", "));
}

}  // namespace basalt::cli
