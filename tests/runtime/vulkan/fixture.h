// Tests on a Vulkan device.
//
//   class MemoryTest : public vulkan::VulkanTest {};
//   TEST_F(MemoryTest, ...) { auto device = Device::open(*test_device()); ... }
//
// Such a test is skipped, with the reason, where there is no device, and fails where the validation layers had an error
// or a warning while it ran (ctest switches them on). A fixture with a SetUp() of its own calls VulkanTest::SetUp()
// first and returns if IsSkipped(); with a TearDown() of its own, it calls VulkanTest::TearDown() last, when what it
// made is gone: then messages of destruction count, too.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/vulkan/instance.h"

namespace basalt::vulkan {

/// The first that is usable and needs no naming, else the first that is usable; null where there is none. ctest names
/// lavapipe's driver alone; a test program that is started by hand takes the real card.
inline const PhysicalDevice* test_device() {
  const PhysicalDevice* chosen = nullptr;
  for (const PhysicalDevice& device : Instance::get().devices()) {
    if (device.plan.usable && (chosen == nullptr || (chosen->plan.named_only && !device.plan.named_only))) {
      chosen = &device;
    }
  }
  return chosen;
}

/// Why test_device() is null.
inline std::string why_no_test_device() {
  const Instance& instance = Instance::get();
  return "no Vulkan device: " + (instance.devices().empty() ? instance.reason() : instance.devices()[0].plan.reason);
}

class VulkanTest : public testing::Test {
 protected:
  void SetUp() override {
    if (test_device() == nullptr) {
      GTEST_SKIP() << why_no_test_device();
    }
    messages_before_ = Instance::validation_messages().size();
  }

  void TearDown() override {
    const std::vector<std::string> messages = Instance::validation_messages();
    for (std::size_t i = messages_before_; i < messages.size(); ++i) {
      ADD_FAILURE() << "validation: " << messages[i];
    }
  }

 private:
  std::size_t messages_before_ = 0;
};

}  // namespace basalt::vulkan
