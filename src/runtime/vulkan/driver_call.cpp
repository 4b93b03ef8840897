#include "runtime/vulkan/driver_call.h"

#include "basalt/driver_calls.h"

namespace basalt {
namespace {

DriverCalls* counts = nullptr;

}  // namespace

void count_driver_calls(DriverCalls* calls) noexcept {
  counts = calls;
}

namespace vulkan {

DriverCall::DriverCall() noexcept {
  if (counts != nullptr) {
    counts->entered.fetch_add(1, std::memory_order_relaxed);
  }
}

DriverCall::~DriverCall() {
  if (counts != nullptr) {
    counts->left.fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace vulkan
}  // namespace basalt
