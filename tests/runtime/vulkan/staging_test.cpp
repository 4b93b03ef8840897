#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "../memory/refusal.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/fixture.h"
#include "runtime/vulkan/watched_driver.h"

namespace basalt::vulkan {
namespace {

using test::refusal;
using testing::HasSubstr;

std::vector<std::byte> pattern(std::size_t bytes, std::uint32_t seed = 1) {
  std::vector<std::byte> result(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    result[i] = static_cast<std::byte>((i * 2654435761U + seed) >> 7);
  }
  return result;
}

class StagingTest : public VulkanTest {};

TEST_F(StagingTest, BringsBackWhatItTookThere) {
  DeviceMemory memory(Device::open(*test_device()));
  Staging staging(memory, 4096);
  for (const std::size_t bytes : {1, 4095, 4096, 4097, 8192, 12'289, 100'000}) {
    const DeviceBuffer buffer = memory.allocate(bytes, Placement::device, "test");
    const std::vector<std::byte> sent = pattern(bytes);
    staging.upload(sent, buffer);
    std::vector<std::byte> received(bytes);
    staging.download(buffer, 0, received);
    EXPECT_EQ(received, sent) << bytes;
  }
}

TEST_F(StagingTest, NothingIsNoCopy) {
  DeviceMemory memory(Device::open(*test_device()));
  Staging staging(memory);
  const DeviceBuffer buffer = memory.allocate(10, Placement::device, "test");
  staging.upload({}, buffer, 10);
  staging.download(buffer, 10, {});
  EXPECT_EQ(memory.use()[0].used_bytes, 10) << "and takes no memory";
}

TEST_F(StagingTest, RefusesWhatIsOutside) {
  DeviceMemory memory(Device::open(*test_device()));
  Staging staging(memory);
  const DeviceBuffer buffer = memory.allocate(100, Placement::device, "test");
  std::vector<std::byte> data(60);
  EXPECT_THAT(refusal([&] { staging.upload(data, buffer, 41); }, ErrorCode::bad_usage), HasSubstr("41"));
  refusal([&] { staging.download(buffer, 41, data); }, ErrorCode::bad_usage);
  refusal([&] { staging.upload(data, buffer, ~std::uint64_t{0}); }, ErrorCode::bad_usage);
  staging.upload(data, buffer, 40);
}

TEST_F(StagingTest, OneCopyRunsWhileTheNextIsPrepared) {
  WatchedDriver driver;
  DeviceMemory memory(Device::open(*test_device(), driver.options()));
  const DeviceBuffer buffer = memory.allocate(4096, Placement::device, "test");
  std::vector<std::byte> data(4096);
  const auto submitted_before_a_wait = [&driver](const auto& copy) {
    driver.forget_calls();
    copy();
    const std::vector<std::string> calls = driver.calls();
    return std::count(calls.begin(), std::ranges::find(calls, "vkWaitSemaphores"), "vkQueueSubmit");
  };
  Staging up(memory, 1024);
  EXPECT_EQ(submitted_before_a_wait([&] { up.upload(data, buffer); }), 2);
  Staging down(memory, 1024);
  EXPECT_EQ(submitted_before_a_wait([&] { down.download(buffer, 0, data); }), 2);
}

TEST_F(StagingTest, GoesOnAfterACancelledCopy) {
  WatchedDriver driver;
  const auto device = Device::open(*test_device(), driver.options());
  DeviceMemory memory(device);
  Staging staging(memory, 1024);
  const DeviceBuffer buffer = memory.allocate(10'000, Placement::device, "test");
  const std::vector<std::byte> sent = pattern(10'000);
  std::vector<std::byte> received(10'000);
  CancelToken cancel;
  cancel.request();
  driver.fail_only("vkWaitSemaphores");
  driver.fail_at(0, VK_TIMEOUT);
  refusal([&] { staging.upload(pattern(10'000, 2), buffer, 0, &cancel); }, ErrorCode::cancelled);
  staging.upload(sent, buffer);
  staging.download(buffer, 0, received);
  EXPECT_EQ(received, sent);
}

/// Any part goes to its place, and nothing beside it changes.
RC_GTEST_FIXTURE_PROP(StagingTest, ChangesAPartAlone, ()) {
  if (test_device() == nullptr) {
    return;
  }
  DeviceMemory memory(Device::open(*test_device()));
  Staging staging(memory, *rc::gen::inRange<std::uint64_t>(256, 2000));
  const auto bytes = *rc::gen::inRange<std::size_t>(1, 10'000);
  const auto offset = *rc::gen::inRange<std::size_t>(0, bytes);
  const auto part = *rc::gen::inRange<std::size_t>(0, bytes - offset + 1);
  const DeviceBuffer buffer = memory.allocate(bytes, Placement::device, "test");
  std::vector<std::byte> expected = pattern(bytes);
  staging.upload(expected, buffer);
  const std::vector<std::byte> change = pattern(part, 99);
  staging.upload(change, buffer, offset);
  std::ranges::copy(change, expected.begin() + static_cast<std::ptrdiff_t>(offset));
  std::vector<std::byte> received(bytes);
  staging.download(buffer, 0, received);
  RC_ASSERT(received == expected);
  std::vector<std::byte> middle(part);
  staging.download(buffer, offset, middle);
  RC_ASSERT(middle == change);
}

}  // namespace
}  // namespace basalt::vulkan
