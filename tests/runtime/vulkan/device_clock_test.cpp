// The clocks of devices: arithmetic, and the counter of a real device beside the host's clock.
#include "runtime/vulkan/device_clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "runtime/metrics/span.h"
#include "runtime/metrics/trace.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/fixture.h"
#include "runtime/vulkan/watched_driver.h"

namespace basalt::vulkan {
namespace {

TEST(DeviceClock, CountsTicksOfItsPeriod) {
  EXPECT_DOUBLE_EQ((DeviceClock{.bits = 64, .period = 1}.seconds(1000, 3000)), 2e-6);
  EXPECT_DOUBLE_EQ((DeviceClock{.bits = 64, .period = 52.083}.seconds(0, 1'000'000)), 0.052083);
  EXPECT_EQ((DeviceClock{.bits = 36, .period = 10}.seconds(7, 7)), 0);
}

TEST(DeviceClock, StartsAgainAfterItsBits) {
  const std::uint64_t top = std::uint64_t{1} << 36;
  const DeviceClock clock{.bits = 36, .period = 10};
  EXPECT_DOUBLE_EQ(clock.seconds(top - 100, 200), 3e-6);
  EXPECT_DOUBLE_EQ(clock.seconds(top - 100, top + 200), 3e-6) << "what stands above its bits means nothing";
  EXPECT_DOUBLE_EQ((DeviceClock{.bits = 64, .period = 1}.seconds(~std::uint64_t{0} - 99, 200)), 3e-7);
}

TEST(DeviceClock, FindsTicksOnTheHostsClock) {
  const DeviceClock clock{.bits = 64, .period = 52.083};
  const ClockPair pair{.ticks = 5'000'000, .nanoseconds = 1'000'000'000};
  EXPECT_EQ(clock.host_nanoseconds(5'000'000, pair), 1'000'000'000);
  EXPECT_EQ(clock.host_nanoseconds(5'001'000, pair), 1'000'052'083);
  EXPECT_EQ(clock.host_nanoseconds(4'999'000, pair), 999'947'917) << "before the two were read";
}

TEST(DeviceClock, FindsTicksOnBothSidesOfARoundsEnd) {
  for (const std::uint32_t bits : {32U, 36U, 63U, 64U}) {
    const DeviceClock clock{.bits = bits, .period = 2};
    const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
    EXPECT_EQ(clock.host_nanoseconds(mask - 9, {.ticks = 90, .nanoseconds = 10'000}), 10'000 - 200) << bits;
    EXPECT_EQ(clock.host_nanoseconds(90, {.ticks = mask - 9, .nanoseconds = 10'000}), 10'000 + 200) << bits;
  }
  const DeviceClock clock{.bits = 36, .period = 2};
  const std::uint64_t above = std::uint64_t{3} << 36;  // as a driver that gives more bits with the host's clock
  EXPECT_EQ(clock.host_nanoseconds(150, {.ticks = above + 100, .nanoseconds = 10'000}), 10'100);
}

TEST(DeviceClock, KeepsWhatTheDeviceTellsWithinWhatTheHostKnows) {
  const HostBounds bounds{.earliest = 1000, .latest = 2000, .nanoseconds = 300};
  EXPECT_EQ(start_on_host(1500, bounds), 1500);
  EXPECT_EQ(start_on_host(990, bounds), 1000);
  EXPECT_EQ(start_on_host(1750, bounds), 1700) << "it has ended by 2000";
  EXPECT_EQ(start_on_host(std::nullopt, bounds), 1000);
  const HostBounds longer{.earliest = 1000, .latest = 1200, .nanoseconds = 300};  // clocks that differ in speed
  EXPECT_EQ(start_on_host(1100, longer), 1000);
}

class DeviceClockTest : public VulkanTest {
 protected:
  void TearDown() override {
    metrics::stop_recording();
    VulkanTest::TearDown();
  }

  /// Two marks around some work, run `times` times in a row; fails where they are not told in order and within the
  /// host's times.
  static void expect_marks_in_bounds(const std::shared_ptr<Device>& device, int times) {
    DeviceMemory memory(device);
    const DeviceBuffer buffer = memory.allocate(std::uint64_t{1} << 20, Placement::device, "test");
    Commands commands(device, QueueKind::compute, 2);
    commands.begin();
    commands.mark();
    commands.fill(buffer, 0, buffer.size_bytes(), 1);
    commands.barrier();
    commands.mark();
    commands.end();
    std::int64_t ended = 0;
    for (int i = 0; i < times; ++i) {
      const std::int64_t submitted = metrics::now_nanoseconds();
      commands.run();
      const Marks marks = commands.marks(ended);
      const std::int64_t waited = metrics::now_nanoseconds();
      ASSERT_EQ(marks.seconds.size(), 2);
      ASSERT_TRUE(marks.start);
      EXPECT_GE(*marks.start, std::max(submitted, ended));
      ended = *marks.start + static_cast<std::int64_t>(marks.seconds[1] * 1e9);
      EXPECT_LE(ended, waited);
    }
  }
};

TEST_F(DeviceClockTest, CostsNothingWhereNoTraceIsRecorded) {
  WatchedDriver driver;
  const auto device = Device::open(*test_device(), driver.options());
  Commands commands(device, QueueKind::compute, 1);
  commands.begin();
  commands.mark();
  commands.end();
  commands.run();
  EXPECT_FALSE(commands.marks().start);
  EXPECT_FALSE(std::ranges::count(driver.calls(), "vkGetCalibratedTimestampsEXT"));
}

TEST_F(DeviceClockTest, BothClocksAreReadTogether) {
  const auto device = Device::open(*test_device());
  const std::int64_t before = metrics::now_nanoseconds();
  const auto pair = device->read_clocks();
  const std::int64_t after = metrics::now_nanoseconds();
  if (!pair) {
    GTEST_SKIP() << "the driver does not read both clocks together";
  }
  EXPECT_GE(pair->nanoseconds, before);
  EXPECT_LE(pair->nanoseconds, after);
}

TEST_F(DeviceClockTest, MarksLieBetweenSubmissionAndWait) {
  metrics::start_recording();
  expect_marks_in_bounds(Device::open(*test_device()), 20);
}

TEST_F(DeviceClockTest, MarksDoSoWhereTheDriverReadsNoClocks) {
  metrics::start_recording();
  WatchedDriver driver;
  const auto device = Device::open(*test_device(), driver.options());
  driver.fail_only("vkGetCalibratedTimestampsEXT");
  driver.fail_at(0, VK_ERROR_OUT_OF_HOST_MEMORY, true);
  expect_marks_in_bounds(device, 20);
}

}  // namespace
}  // namespace basalt::vulkan
