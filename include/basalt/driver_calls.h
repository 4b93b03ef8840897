// Calls of device drivers that are under way: by them, another process can see that one does not return.
#pragma once

#include <atomic>
#include <cstdint>

namespace basalt {

/// May lie in memory that processes share.
struct DriverCalls {
  std::atomic<std::uint64_t> entered{0};
  std::atomic<std::uint64_t> left{0};
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
};

/// From now on, calls of this process are counted there. To be called before the first of them; `calls` stays.
void count_driver_calls(DriverCalls* calls) noexcept;

}  // namespace basalt
