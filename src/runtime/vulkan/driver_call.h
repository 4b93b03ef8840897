// Marks where this process is in a driver.
#pragma once

namespace basalt::vulkan {

/// While it lives. What it covers takes no longer than the calls in it.
class DriverCall {
 public:
  DriverCall() noexcept;
  ~DriverCall();
  DriverCall(const DriverCall&) = delete;
  DriverCall& operator=(const DriverCall&) = delete;
};

}  // namespace basalt::vulkan
