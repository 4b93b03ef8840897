// Memory of the host that devices use where it lies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "../memory/refusal.h"
#include "runtime/vulkan/add_shader.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/fixture.h"
#include "runtime/vulkan/memory.h"
#include "runtime/vulkan/watched_driver.h"

namespace basalt::vulkan {
namespace {

using test::refusal;
using testing::AllOf;
using testing::HasSubstr;

class MemoryImportTest : public VulkanTest {
 protected:
  static constexpr std::size_t kBytes = 65536;
  static constexpr std::size_t kWords = kBytes / 4;

  void SetUp() override {
    VulkanTest::SetUp();
    if (!IsSkipped() && !test_device()->plan.host_import) {
      GTEST_SKIP() << "the device imports no memory of the host";
    }
    pages_ = ::mmap(nullptr, 2 * kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(pages_, MAP_FAILED);
  }
  void TearDown() override {
    if (pages_ != nullptr) {
      ::munmap(pages_, 2 * kBytes);
    }
    VulkanTest::TearDown();
  }

  [[nodiscard]] std::span<std::byte> host() const { return {static_cast<std::byte*>(pages_), kBytes}; }
  [[nodiscard]] std::span<std::uint32_t> words() const { return {static_cast<std::uint32_t*>(pages_), kWords}; }

 private:
  void* pages_ = nullptr;
};

TEST_F(MemoryImportTest, TheDeviceReadsAndWritesItWhereItLies) {
  const auto device = Device::open(*test_device());
  DeviceMemory memory(device);
  Pipelines pipelines(device, {});
  const auto buffer = memory.import_host(host(), "test");
  ASSERT_TRUE(buffer);
  EXPECT_EQ(buffer->data(), host().data());
  EXPECT_EQ(buffer->size_bytes(), kBytes);
  std::ranges::fill(words(), 5);
  const DeviceBuffer copy = memory.allocate(kBytes, Placement::device, "test");

  Commands commands(device, QueueKind::compute);
  commands.begin();
  commands.dispatch(add_pipeline(pipelines), add_push(*buffer).bytes(), kWords / kAddThreads);
  commands.barrier();
  commands.copy(*buffer, 0, copy, 0, kBytes);
  commands.barrier();
  commands.fill(*buffer, 0, kBytes / 2, 7);
  commands.barrier();
  commands.copy(copy, kBytes / 2, *buffer, kBytes / 2, kBytes / 2);
  commands.host_barrier();
  commands.end();
  commands.run();
  for (std::uint32_t i = 0; i < kWords; ++i) {
    ASSERT_EQ(words()[i], i < kWords / 2 ? 7 : 5 + i / kAddThreads + 1) << i;
  }
}

TEST_F(MemoryImportTest, OneDeviceReadsWhatAnotherWrote) {
  const auto one = Device::open(*test_device());
  const auto two = Device::open(*test_device());
  DeviceMemory memory_one(one);
  DeviceMemory memory_two(two);
  const auto from_one = memory_one.import_host(host(), "test");
  const auto to_two = memory_two.import_host(host(), "test");
  ASSERT_TRUE(from_one && to_two);
  const DeviceBuffer state = memory_one.allocate(kBytes, Placement::upload, "test");
  for (std::size_t i = 0; i < kBytes; ++i) {
    state.data()[i] = static_cast<std::byte>(i * 7);
  }
  Commands out(one, QueueKind::transfer);
  out.begin();
  out.copy(state, 0, *from_one, 0, kBytes);
  out.host_barrier();
  out.end();
  out.run();

  const DeviceBuffer arrived = memory_two.allocate(kBytes, Placement::download, "test");
  Commands in(two, QueueKind::transfer);
  in.begin();
  in.copy(*to_two, 0, arrived, 0, kBytes);
  in.host_barrier();
  in.end();
  in.run();
  EXPECT_TRUE(std::equal(state.data(), state.data() + kBytes, arrived.data()));
}

TEST_F(MemoryImportTest, NoHeapHoldsItAndTheHostKeepsIt) {
  WatchedDriver driver;
  DeviceMemory memory(Device::open(*test_device(), driver.options()));
  const std::int64_t alive = driver.alive();
  const std::uint64_t reserved = memory.free_bytes();
  {
    auto buffer = memory.import_host(host(), "test");
    ASSERT_TRUE(buffer);
    const DeviceBuffer moved = std::move(*buffer);
    for (const HeapUse& use : memory.use()) {
      EXPECT_EQ(use.used_bytes, 0);
      EXPECT_EQ(use.reserved_bytes, 0);
    }
    EXPECT_EQ(driver.alive(), alive + 2) << "the buffer and what it is bound to";
  }
  EXPECT_EQ(driver.alive(), alive);
  EXPECT_EQ(memory.free_bytes(), reserved);
  std::ranges::fill(words(), 1);  // still there
}

TEST_F(MemoryImportTest, RefusesWhatNoDeviceImports) {
  DeviceMemory memory(Device::open(*test_device()));
  const std::string alignment = std::to_string(memory.device().properties().host_pointer_alignment);
  const auto refused = [&](std::span<std::byte> bytes) {
    return refusal([&] { (void)memory.import_host(bytes, "waves"); }, ErrorCode::bad_usage);
  };
  EXPECT_THAT(refused(host().subspan(16)), AllOf(HasSubstr("waves"), HasSubstr("multiples of " + alignment)));
  EXPECT_THAT(refused(host().first(kBytes - 4)), HasSubstr(std::to_string(kBytes - 4)));
  EXPECT_THAT(refused({}), HasSubstr("0 bytes"));
  const std::uint64_t too_many = 2 * memory.device().plan().chunk_bytes;
  EXPECT_THAT(refused({host().data(), too_many}), HasSubstr(std::to_string(too_many)));
}

TEST_F(MemoryImportTest, SaysNothingWhereTheDeviceCannotOrWillNot) {
  PhysicalDevice without = *test_device();
  without.plan.host_import = false;
  DeviceMemory plain(Device::open(without));
  EXPECT_FALSE(plain.import_host(host(), "test"));

  for (const char* function : {"vkGetMemoryHostPointerPropertiesEXT", "vkAllocateMemory"}) {
    for (const VkResult result : {VK_ERROR_INVALID_EXTERNAL_HANDLE, VK_ERROR_OUT_OF_HOST_MEMORY}) {
      WatchedDriver driver;
      DeviceMemory memory(Device::open(*test_device(), driver.options()));
      const std::int64_t alive = driver.alive();
      driver.fail_only(function);
      driver.fail_at(0, result);
      EXPECT_FALSE(memory.import_host(host(), "test")) << function;
      EXPECT_EQ(driver.failed(), function);
      EXPECT_EQ(driver.alive(), alive);
      EXPECT_TRUE(memory.import_host(host(), "test")) << "the next is asked for anew";
    }
  }
}

}  // namespace
}  // namespace basalt::vulkan
