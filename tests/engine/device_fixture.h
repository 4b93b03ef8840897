// Requests that run on the first Vulkan device that can be used; tests are skipped where there is none.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine_harness.h"
#include "runtime/vulkan/instance.h"

namespace basalt {

class DeviceFixture : public testing::Test {
 protected:
  void SetUp() override {
    const auto& devices = vulkan::Instance::get().devices();
    const auto usable = std::ranges::find_if(devices, [](const auto& device) { return device.plan.usable; });
    if (usable == devices.end()) {
      GTEST_SKIP() << "no Vulkan device: " << vulkan::Instance::get().reason();
    }
    physical_ = &*usable;
    device_ = std::to_string(usable - devices.begin());
    has_f64_ = usable->plan.f64;
  }

  void TearDown() override { EXPECT_EQ(vulkan::Instance::validation_messages(), std::vector<std::string>{}); }

  [[nodiscard]] Request on_device(Request request) const { return on_devices(std::move(request), 1); }

  /// On so many logical devices of it.
  [[nodiscard]] Request on_devices(Request request, int count) const {
    request.backend = Backend::vulkan;
    request.device = device_;
    for (int i = 1; i < count; ++i) {
      request.device += "," + device_;
    }
    return request;
  }

  /// The message of the error that a request ends with.
  static std::pair<ErrorCode, std::string> failure_of(const Request& request) {
    try {
      run(request);
    } catch (const Error& error) {
      return {error.code(), error.what()};
    }
    return {ErrorCode::failed, "nothing failed"};
  }

  const vulkan::PhysicalDevice* physical_ = nullptr;
  std::string device_;  ///< Its index.
  bool has_f64_ = false;
};

}  // namespace basalt
