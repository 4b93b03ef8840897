#include "runtime/vulkan/device_clock.h"

#include <algorithm>
#include <cmath>

namespace basalt::vulkan {
namespace {

std::uint64_t mask_of(std::uint32_t bits) noexcept {
  return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

}  // namespace

double DeviceClock::seconds(std::uint64_t from, std::uint64_t to) const noexcept {
  return static_cast<double>((to - from) & mask_of(bits)) * period * 1e-9;
}

std::int64_t DeviceClock::host_nanoseconds(std::uint64_t ticks, const ClockPair& pair) const noexcept {
  const std::uint64_t mask = mask_of(bits);
  const std::uint64_t after = (ticks - pair.ticks) & mask;
  const std::uint64_t before = (pair.ticks - ticks) & mask;
  return after <= before ? pair.nanoseconds + std::llround(static_cast<double>(after) * period)
                         : pair.nanoseconds - std::llround(static_cast<double>(before) * period);
}

std::int64_t start_on_host(std::optional<std::int64_t> told, const HostBounds& bounds) noexcept {
  const std::int64_t last = std::max(bounds.earliest, bounds.latest - bounds.nanoseconds);
  return std::clamp(told.value_or(bounds.earliest), bounds.earliest, last);
}

}  // namespace basalt::vulkan
