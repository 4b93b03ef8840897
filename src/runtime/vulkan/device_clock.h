// The clocks of devices: counters that wrap, and where their times lie on the host's clock. Pure arithmetic.
#pragma once

#include <cstdint>
#include <optional>

namespace basalt::vulkan {

/// What the counter of a device and the clock of spans (metrics::now_nanoseconds()) showed at one moment.
struct ClockPair {
  std::uint64_t ticks = 0;
  std::int64_t nanoseconds = 0;
};

/// A counter of a device.
struct DeviceClock {
  std::uint32_t bits = 64;  ///< After which it starts again from 0; what stands above them means nothing.
  double period = 1;        ///< Nanoseconds from one tick to the next.

  /// From one tick to a later one, which is less than a whole round away.
  [[nodiscard]] double seconds(std::uint64_t from, std::uint64_t to) const noexcept;

  /// When the counter showed `ticks`, less than half a round before or after `pair`.
  [[nodiscard]] std::int64_t host_nanoseconds(std::uint64_t ticks, const ClockPair& pair) const noexcept;
};

/// What the host knows of work on a device that took `nanoseconds`.
struct HostBounds {
  std::int64_t earliest = 0;  ///< It was submitted then, and what ran before it had ended.
  std::int64_t latest = 0;    ///< It was known to have ended.
  std::int64_t nanoseconds = 0;
};

/// When such work started: as `told` by the device's clock, which may be off by as much as the two clocks could not be
/// read at once, but within the bounds. Where the device does not tell, as early as it can have been: wrong by no more
/// than the time in the bounds in which it did not run.
std::int64_t start_on_host(std::optional<std::int64_t> told, const HostBounds& bounds) noexcept;

}  // namespace basalt::vulkan
