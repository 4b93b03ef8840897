#include "runtime/vulkan/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "../memory/refusal.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/fixture.h"
#include "runtime/vulkan/watched_driver.h"

namespace basalt::vulkan {
namespace {

using test::refusal;
using testing::HasSubstr;

class DeviceTest : public VulkanTest {};

/// Commands that do something, but need no memory: nothing is alive of them after they go.
Commands barriers(const std::shared_ptr<Device>& device, QueueKind queue = QueueKind::compute) {
  Commands commands(device, queue);
  commands.begin();
  commands.barrier();
  commands.end();
  return commands;
}

TEST_F(DeviceTest, StartsAndStopsTenTimesAndLeavesNothing) {
  const WatchedDriver driver;
  for (int i = 0; i < 10; ++i) {
    {
      const auto device = Device::open(*test_device(), driver.options());
      barriers(device).run();
      EXPECT_GT(driver.alive(), 0);
    }
    EXPECT_EQ(driver.alive(), 0);
  }
}

TEST_F(DeviceTest, TwoWorkSideBySide) {
  const auto one = Device::open(*test_device());
  const auto two = Device::open(*test_device());
  barriers(one).run();
  barriers(two).run();
}

TEST_F(DeviceTest, RefusesWhatItsPlanRefuses) {
  PhysicalDevice physical = *test_device();
  physical.plan.usable = false;
  physical.plan.reason = "it has no clue";
  EXPECT_THAT(refusal([&] { Device::open(physical); }, ErrorCode::bad_usage), HasSubstr("it has no clue"));
}

TEST_F(DeviceTest, RunsTenThousandSubmissions) {
  const WatchedDriver driver;
  {
    const auto device = Device::open(*test_device(), driver.options());
    Commands commands = barriers(device);
    const std::int64_t alive = driver.alive();
    Moment last;
    for (int i = 0; i < 10'000; ++i) {
      const Moment next = commands.submit();
      ASSERT_GT(next.value, last.value);
      last = next;
    }
    device->wait(last);
    EXPECT_TRUE(device->is_reached(last));
    EXPECT_EQ(driver.alive(), alive);
  }
  EXPECT_EQ(driver.alive(), 0);
}

TEST_F(DeviceTest, TakesSubmissionsFromManyThreads) {
  const auto device = Device::open(*test_device());
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&device, i] {
      Commands commands = barriers(device, i % 2 == 0 ? QueueKind::compute : QueueKind::transfer);
      Moment last;
      for (int j = 0; j < 200; ++j) {
        const Moment next = commands.submit(std::span(&last, 1));
        EXPECT_GT(next.value, last.value);
        last = next;
      }
      device->wait(last);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST_F(DeviceTest, QueuesWaitForEachOther) {
  const auto device = Device::open(*test_device());
  Commands compute = barriers(device, QueueKind::compute);
  Commands transfer = barriers(device, QueueKind::transfer);
  Moment last;
  for (int i = 0; i < 50; ++i) {
    const Moment copied = transfer.submit(std::span(&last, 1));
    const std::array<Moment, 3> after = {copied, last, Moment{}};
    last = compute.submit(after);
  }
  device->wait(last);
  EXPECT_TRUE(device->is_reached(last));
}

TEST_F(DeviceTest, TheMomentBeforeAllIsReached) {
  const auto device = Device::open(*test_device());
  EXPECT_TRUE(device->is_reached({}));
  EXPECT_FALSE(device->is_reached({QueueKind::compute, 1}));
  device->wait({});
  device->drain();
}

TEST_F(DeviceTest, NamesWhatTheDriverSays) {
  const auto device = Device::open(*test_device());
  device->check(VK_SUCCESS, "counting");
  for (const VkResult result : {VK_ERROR_OUT_OF_DEVICE_MEMORY, VK_ERROR_OUT_OF_HOST_MEMORY, VK_ERROR_OUT_OF_POOL_MEMORY,
                                VK_ERROR_FRAGMENTATION, VK_ERROR_TOO_MANY_OBJECTS}) {
    const std::string text = refusal([&] { device->check(result, "counting"); });
    EXPECT_THAT(text, HasSubstr("counting"));
    EXPECT_THAT(text, HasSubstr(test_device()->properties.name));
  }
  EXPECT_THAT(refusal([&] { device->check(VK_ERROR_OUT_OF_DEVICE_MEMORY, "counting"); }), HasSubstr("device memory"));
  EXPECT_THAT(refusal([&] { device->check(VK_ERROR_UNKNOWN, "counting"); }, ErrorCode::failed), HasSubstr("-13"));
  EXPECT_FALSE(device->is_lost());
}

TEST_F(DeviceTest, RefusesEverythingOnceItIsLost) {
  const WatchedDriver driver;
  {
    const auto device = Device::open(*test_device(), driver.options());
    Commands commands = barriers(device);
    commands.run();
    refusal([&] { device->check(VK_ERROR_DEVICE_LOST, "counting"); }, ErrorCode::device_lost);
    EXPECT_TRUE(device->is_lost());
    refusal([&] { commands.submit(); }, ErrorCode::device_lost);
    refusal([&] { commands.begin(); }, ErrorCode::device_lost);
    refusal([&] { device->wait({}); }, ErrorCode::device_lost);
    refusal([&] { (void)device->is_reached({}); }, ErrorCode::device_lost);
    refusal([&] { const Commands more(device, QueueKind::compute); }, ErrorCode::device_lost);
    refusal([&] { const DeviceMemory memory(device); }, ErrorCode::device_lost);
    refusal([&] { const Pipelines pipelines(device, {}); }, ErrorCode::device_lost);
    device->drain();
  }
  EXPECT_EQ(driver.alive(), 0);
}

TEST_F(DeviceTest, AWaitWithoutProgressIsALoss) {
  WatchedDriver driver;
  driver.fail_only("vkWaitSemaphores");
  driver.fail_at(0, VK_TIMEOUT, true);
  {
    const auto device = Device::open(*test_device(), driver.options(0.05));
    Commands commands = barriers(device);
    const std::string text = refusal([&] { commands.run(); }, ErrorCode::device_lost);
    EXPECT_THAT(text, HasSubstr("hangs"));
    EXPECT_TRUE(device->is_lost());
    refusal([&] { commands.run(); }, ErrorCode::device_lost);
  }
  EXPECT_EQ(driver.alive(), 0);
}

TEST_F(DeviceTest, ATimeoutAloneIsNone) {
  WatchedDriver driver;
  driver.fail_only("vkWaitSemaphores");
  driver.fail_at(0, VK_TIMEOUT);
  const auto device = Device::open(*test_device(), driver.options());
  barriers(device).run();
  EXPECT_EQ(driver.failed(), "vkWaitSemaphores");
}

TEST_F(DeviceTest, AWaitCanBeCancelled) {
  WatchedDriver driver;
  driver.fail_only("vkWaitSemaphores");
  driver.fail_at(0, VK_TIMEOUT);
  const auto device = Device::open(*test_device(), driver.options());
  Commands commands = barriers(device);
  CancelToken cancel;
  cancel.request();
  refusal([&] { commands.run(&cancel); }, ErrorCode::cancelled);
  EXPECT_FALSE(device->is_lost());
  commands.run();  // goes on as if nothing had been
}

}  // namespace
}  // namespace basalt::vulkan
