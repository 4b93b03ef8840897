// Every function of the driver that may fail, made to fail at every call of a whole run: there is a typed error, and
// nothing is left, still runs, or crashes.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>

#include "basalt/error.h"
#include "runtime/vulkan/add_shader.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/fixture.h"
#include "runtime/vulkan/watched_driver.h"

namespace basalt::vulkan {
namespace {

constexpr std::uint32_t kWords = 1000;

class FaultsTest : public VulkanTest {
 protected:
  void SetUp() override {
    VulkanTest::SetUp();
    std::string pattern = (std::filesystem::temp_directory_path() / "basalt_faults.XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    VulkanTest::TearDown();
  }

  /// A run that uses all there is. True where its results are right.
  [[nodiscard]] bool run(const WatchedDriver& driver, double hang_seconds = 0) {
    const auto device = Device::open(*test_device(), driver.options(hang_seconds));
    DeviceMemory memory(device);
    Pipelines pipelines(device, folder_);
    const Pipeline add = add_pipeline(pipelines);
    pipelines.save();
    Staging staging(memory, 1024);
    const DeviceBuffer buffer = memory.allocate(kWords * 4, Placement::device, "test");
    const std::vector<DeviceBuffer> chunks = memory.allocate_chunks(memory.device().plan().block_bytes, "test");
    alignas(65536) static std::array<std::byte, 65536> host;
    const std::optional<DeviceBuffer> imported = memory.import_host(host, "test");
    copies_instead_ = !imported;
    std::vector<std::uint32_t> words(kWords, 5);
    staging.upload(std::as_bytes(std::span(words)), buffer);

    Commands commands(device, QueueKind::compute, 2);
    commands.begin();
    commands.mark();
    commands.dispatch(add, add_push(buffer).bytes(), (kWords + kAddThreads - 1) / kAddThreads);
    commands.barrier();
    commands.copy(buffer, 0, chunks[0], 0, kWords * 4);
    if (imported) {
      commands.copy(buffer, 0, *imported, 0, kWords * 4);
    }
    commands.mark();
    commands.host_barrier();
    commands.end();
    const Moment moment = commands.submit();
    (void)device->is_reached(moment);
    device->wait(moment);
    (void)commands.mark_seconds();
    (void)device->read_clocks();

    staging.download(chunks[0], 0, std::as_writable_bytes(std::span(words)));
    bool right = true;
    for (std::uint32_t i = 0; i < kWords; ++i) {
      right = right && words[i] == 5 + i / kAddThreads + 1;
    }
    right = right && (!imported || std::memcmp(host.data(), words.data(), kWords * 4) == 0);
    return right;
  }

  /// Fails at each call in turn until a run has no more; returns the functions that failed. `spared` may fail without
  /// an error, and so may what a run can do without, and what happens once the results are there.
  std::set<std::string> fail_everywhere(VkResult failure, bool sticky, ErrorCode expected,
                                        const std::set<std::string>& spared) {
    std::set<std::string> failed;
    for (std::uint64_t call = 0; call < 1000; ++call) {
      WatchedDriver driver;
      driver.fail_at(call, failure, sticky);
      bool finished = false;
      try {
        EXPECT_TRUE(run(driver)) << "call " << call << ", " << driver.failed();
        finished = true;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), expected) << "call " << call << ", " << driver.failed() << ": " << error.what();
      }
      EXPECT_EQ(driver.alive(), 0) << "call " << call << ", " << driver.failed();
      if (driver.failed().empty()) {
        EXPECT_TRUE(finished);
        return failed;
      }
      failed.insert(driver.failed());
      if (finished && !copies_instead_ && !spared.contains(driver.failed())) {
        // the rest is a clock that can be done without, and destruction
        EXPECT_TRUE(
            std::set<std::string>({"vkGetCalibratedTimestampsEXT", "vkGetPipelineCacheData", "vkWaitSemaphores"})
                .contains(driver.failed()))
            << "call " << call << ", " << driver.failed() << " failed, and nobody noticed";
      }
    }
    ADD_FAILURE() << "a run never ends";
    return failed;
  }

  std::filesystem::path folder_;
  bool copies_instead_ = false;  ///< In the last run, because its import was refused.
};

TEST_F(FaultsTest, ARunWithoutFaultsIsRight) {
  const WatchedDriver driver;
  EXPECT_TRUE(run(driver));
  EXPECT_EQ(copies_instead_, !test_device()->plan.host_import);
  EXPECT_EQ(driver.alive(), 0);
}

TEST_F(FaultsTest, ALostDeviceIsAnErrorAtEveryCall) {
  const std::set<std::string> failed = fail_everywhere(VK_ERROR_DEVICE_LOST, false, ErrorCode::device_lost, {});
  EXPECT_GE(failed.size(), 18) << "most functions were made to fail";
}

TEST_F(FaultsTest, ADeviceThatStaysLostIsAnErrorAtEveryCall) {
  fail_everywhere(VK_ERROR_DEVICE_LOST, true, ErrorCode::device_lost, {});
}

TEST_F(FaultsTest, ExhaustedDeviceMemoryIsAnErrorAtEveryCall) {
  // One allocation that is refused is tried in another size.
  fail_everywhere(VK_ERROR_OUT_OF_DEVICE_MEMORY, false, ErrorCode::out_of_resources, {"vkAllocateMemory"});
}

TEST_F(FaultsTest, ExhaustedHostMemoryIsAnErrorAtEveryCall) {
  fail_everywhere(VK_ERROR_OUT_OF_HOST_MEMORY, false, ErrorCode::out_of_resources, {});
}

TEST_F(FaultsTest, MemoryThatStaysExhaustedIsAnErrorAtEveryCall) {
  fail_everywhere(VK_ERROR_OUT_OF_DEVICE_MEMORY, true, ErrorCode::out_of_resources, {});
}

TEST_F(FaultsTest, WaitsThatNeverEndAreALoss) {
  for (std::uint64_t call = 0; call < 100; ++call) {
    WatchedDriver driver;
    driver.fail_only("vkWaitSemaphores");
    driver.fail_at(call, VK_TIMEOUT, true);
    std::optional<ErrorCode> code;
    try {
      EXPECT_TRUE(run(driver, 0.2));
    } catch (const Error& error) {
      code = error.code();
    }
    EXPECT_EQ(driver.alive(), 0) << call;
    if (driver.failed().empty()) {
      EXPECT_GT(call, 5);
      return;
    }
    EXPECT_EQ(code.value_or(ErrorCode::device_lost), ErrorCode::device_lost) << call;
  }
  ADD_FAILURE() << "a run never ends";
}

}  // namespace
}  // namespace basalt::vulkan
