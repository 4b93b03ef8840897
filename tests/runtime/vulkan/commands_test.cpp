#include "runtime/vulkan/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "../memory/refusal.h"
#include "runtime/vulkan/add_shader.h"
#include "runtime/vulkan/fixture.h"
#include "runtime/vulkan/watched_driver.h"

namespace basalt::vulkan {
namespace {

using test::refusal;
using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class CommandsTest : public VulkanTest {
 protected:
  /// A device with a shader that adds, and words that the host reads, set to 0.
  struct Bench {
    explicit Bench(const PhysicalDevice& physical, std::uint32_t words = 1000, const DeviceOptions& options = {})
        : device(Device::open(physical, options)),
          memory(device),
          pipelines(device, {}),
          add(add_pipeline(pipelines)),
          buffer(memory.allocate(std::uint64_t{words} * 4, Placement::download, "test")) {
      std::memset(buffer.data(), 0, buffer.size_bytes());
    }

    /// The words, once `commands` have run.
    [[nodiscard]] std::vector<std::uint32_t> words() const {
      std::vector<std::uint32_t> result(buffer.size_bytes() / 4);
      std::memcpy(result.data(), buffer.data(), buffer.size_bytes());
      return result;
    }
    void dispatch(Commands& commands) const {
      commands.dispatch(add, add_push(buffer).bytes(), (words().size() + kAddThreads - 1) / kAddThreads);
    }

    std::shared_ptr<Device> device;
    DeviceMemory memory;
    Pipelines pipelines;
    Pipeline add;
    DeviceBuffer buffer;
  };

  /// What the shader adds in one pass.
  static std::vector<std::uint32_t> passes(std::size_t words, std::uint32_t times) {
    std::vector<std::uint32_t> result(words);
    for (std::size_t i = 0; i < words; ++i) {
      result[i] = times * (static_cast<std::uint32_t>(i / kAddThreads) + 1);
    }
    return result;
  }
};

TEST_F(CommandsTest, EveryWorkgroupRunsOnceWhateverTheRows) {
  PhysicalDevice physical = *test_device();
  for (const std::uint32_t row : {1U, 2U, 4U, physical.plan.groups_per_row}) {
    physical.plan.groups_per_row = row;
    for (const std::uint32_t groups : {1U, 3U, 4U, 5U, 8U, 11U}) {
      const Bench bench(physical, groups * kAddThreads - 5);
      Commands commands(bench.device, QueueKind::compute);
      commands.begin();
      bench.dispatch(commands);
      commands.host_barrier();
      commands.end();
      commands.run();
      EXPECT_EQ(bench.words(), passes(groups * kAddThreads - 5, 1)) << groups << " in rows of " << row;
    }
  }
}

TEST_F(CommandsTest, NoWorkgroupsAreNoDispatch) {
  const Bench bench(*test_device());
  Commands commands(bench.device, QueueKind::compute);
  commands.begin();
  commands.dispatch(bench.add, add_push(bench.buffer).bytes(), 0);
  commands.end();
  commands.run();
  EXPECT_THAT(bench.words(), Each(0));
}

TEST_F(CommandsTest, RefusesWhatNoDispatchCanBe) {
  PhysicalDevice physical = *test_device();
  physical.plan.groups_per_row = 4;
  physical.properties.max_workgroup_count[1] = 3;
  const Bench bench(physical);
  Commands commands(bench.device, QueueKind::compute);
  commands.begin();
  const auto dispatch = [&](std::size_t push_bytes, std::uint64_t groups) {
    const std::vector<std::byte> push(push_bytes);
    commands.dispatch(bench.add, push, groups);
  };
  EXPECT_THAT(refusal([&] { dispatch(132, 1); }, ErrorCode::bad_usage), HasSubstr("132"));
  EXPECT_THAT(refusal([&] { dispatch(10, 1); }, ErrorCode::bad_usage), HasSubstr("10"));
  EXPECT_THAT(refusal([&] { dispatch(16, 13); }, ErrorCode::bad_usage), HasSubstr("13"));
  commands.dispatch(bench.add, add_push(bench.buffer).bytes(), 12);
  commands.end();
  commands.run();
}

TEST_F(CommandsTest, ABarrierPutsDispatchesInOrder) {
  const Bench bench(*test_device());
  Commands commands(bench.device, QueueKind::compute);
  commands.begin();
  for (int i = 0; i < 100; ++i) {
    bench.dispatch(commands);
    commands.barrier();
  }
  commands.host_barrier();
  commands.end();
  commands.run();
  EXPECT_EQ(bench.words(), passes(1000, 100));
}

TEST_F(CommandsTest, AreSubmittedAnyNumberOfTimes) {
  const Bench bench(*test_device());
  Commands commands(bench.device, QueueKind::compute);
  commands.begin();
  bench.dispatch(commands);
  commands.host_barrier();
  commands.end();
  Moment last;
  for (int i = 0; i < 50; ++i) {
    last = commands.submit();  // each starts where the one before has ended
  }
  bench.device->wait(last);
  EXPECT_EQ(bench.words(), passes(1000, 50));
}

TEST_F(CommandsTest, AreRecordedAnew) {
  const Bench bench(*test_device());
  Commands commands(bench.device, QueueKind::compute);
  for (int i = 0; i < 5; ++i) {
    commands.begin();
    bench.dispatch(commands);
    commands.host_barrier();
    commands.end();
    commands.submit();  // begin() waits for it
  }
  commands.run();
  EXPECT_EQ(bench.words(), passes(1000, 6));
}

TEST_F(CommandsTest, TheEndWaits) {
  const Bench bench(*test_device());
  {
    Commands commands(bench.device, QueueKind::compute);
    commands.begin();
    bench.dispatch(commands);
    commands.host_barrier();
    commands.end();
    commands.submit();
  }
  EXPECT_EQ(bench.words(), passes(1000, 1));
}

TEST_F(CommandsTest, Move) {
  const Bench bench(*test_device());
  Commands one(bench.device, QueueKind::compute);
  one.begin();
  bench.dispatch(one);
  one.host_barrier();
  one.end();
  Commands two(std::move(one));
  two.submit();
  Commands three(bench.device, QueueKind::compute);
  three = std::move(two);
  three.run();
  EXPECT_EQ(bench.words(), passes(1000, 2));
}

TEST_F(CommandsTest, StartAfterOtherQueues) {
  Bench bench(*test_device());
  const DeviceBuffer between = bench.memory.allocate(bench.buffer.size_bytes(), Placement::device, "test");
  Commands fill(bench.device, QueueKind::transfer);
  fill.begin();
  fill.fill(between, 0, between.size_bytes(), 5);
  fill.end();
  Commands add(bench.device, QueueKind::compute);
  add.begin();
  add.dispatch(bench.add, add_push(between).bytes(), 16);
  add.end();
  Commands copy(bench.device, QueueKind::transfer);
  copy.begin();
  copy.copy(between, 0, bench.buffer, 0, between.size_bytes());
  copy.host_barrier();
  copy.end();
  for (int i = 0; i < 10; ++i) {
    const Moment filled = fill.submit();
    const Moment added = add.submit(std::span(&filled, 1));
    bench.device->wait(copy.submit(std::span(&added, 1)));
    std::vector<std::uint32_t> expected = passes(1000, 1);
    for (std::uint32_t& word : expected) {
      word += 5;
    }
    EXPECT_EQ(bench.words(), expected);
  }
}

TEST_F(CommandsTest, CopyAndFillParts) {
  Bench bench(*test_device());
  const DeviceBuffer source = bench.memory.allocate(100, Placement::device, "test");
  Commands commands(bench.device, QueueKind::compute);
  commands.begin();
  commands.fill(source, 0, 100, 7);
  commands.barrier();
  commands.fill(source, 40, 20, 9);
  commands.barrier();
  commands.copy(source, 36, bench.buffer, 8, 12);
  commands.copy(source, 0, bench.buffer, 0, 0);
  commands.fill(bench.buffer, 0, 0, 1);
  commands.host_barrier();
  commands.end();
  commands.run();
  std::vector<std::uint32_t> words = bench.words();
  words.resize(6);
  EXPECT_THAT(words, ElementsAre(0, 0, 7, 9, 9, 0));
}

TEST_F(CommandsTest, RefuseToBeSubmittedUnfinished) {
  const Bench bench(*test_device());
  Commands commands(bench.device, QueueKind::compute);
  refusal([&] { commands.submit(); }, ErrorCode::bad_usage);
  commands.begin();
  refusal([&] { commands.submit(); }, ErrorCode::bad_usage);
  commands.end();
  commands.run();
}

TEST_F(CommandsTest, MarksAreTimesInOrder) {
  const Bench bench(*test_device());
  Commands commands(bench.device, QueueKind::compute, 4);
  EXPECT_THAT(commands.mark_seconds(), IsEmpty());
  commands.begin();
  for (int i = 0; i < 3; ++i) {
    commands.mark();
    bench.dispatch(commands);
    commands.barrier();
  }
  commands.end();
  EXPECT_THAT(commands.mark_seconds(), IsEmpty()) << "they were not passed yet";
  for (int i = 0; i < 3; ++i) {
    commands.run();
    const std::vector<double> seconds = commands.mark_seconds();
    if (bench.device->properties().queues[bench.device->family(QueueKind::compute)].timestamp_bits == 0) {
      EXPECT_THAT(seconds, IsEmpty());
      continue;
    }
    ASSERT_THAT(seconds, SizeIs(3));
    EXPECT_EQ(seconds[0], 0);
    EXPECT_GE(seconds[1], 0);
    EXPECT_GE(seconds[2], seconds[1]);
    EXPECT_LT(seconds[2], 60);
  }
}

TEST_F(CommandsTest, RefuseMoreMarksThanThereIsRoomFor) {
  const Bench bench(*test_device());
  Commands commands(bench.device, QueueKind::compute, 1);
  commands.begin();
  commands.mark();
  EXPECT_THAT(refusal([&] { commands.mark(); }, ErrorCode::bad_usage), HasSubstr("1 there is room for"));
}

TEST_F(CommandsTest, AQueueWithoutAClockHasNoMarks) {
  PhysicalDevice physical = *test_device();
  for (QueueFamily& family : physical.properties.queues) {
    family.timestamp_bits = 0;
  }
  const Bench bench(physical);
  Commands commands(bench.device, QueueKind::compute, 1);
  commands.begin();
  commands.mark();
  commands.mark();
  commands.end();
  commands.run();
  EXPECT_THAT(commands.mark_seconds(), IsEmpty());
}

TEST_F(CommandsTest, AClockMayStartAgainFromZero) {
  PhysicalDevice physical = *test_device();
  for (QueueFamily& family : physical.properties.queues) {
    family.timestamp_bits = 36;
  }
  physical.properties.timestamp_period = 1e9;  // a tick is a second
  const auto alter = [](VolkDeviceTable& table) {
    table.vkGetQueryPoolResults = [](VkDevice, VkQueryPool, std::uint32_t, std::uint32_t count, std::size_t, void* data,
                                     VkDeviceSize, VkQueryResultFlags) -> VkResult {
      constexpr std::uint64_t kBeyond = std::uint64_t{0xF} << 60;  // bits that mean nothing
      const std::uint64_t ticks[] = {(std::uint64_t{1} << 36) - 10, kBeyond + 5};
      std::memcpy(data, ticks, count * sizeof(ticks[0]));
      return VK_SUCCESS;
    };
  };
  const Bench bench(physical, 1000, {.alter = alter});
  Commands commands(bench.device, QueueKind::compute, 2);
  commands.begin();
  commands.mark();
  commands.mark();
  commands.end();
  commands.run();
  EXPECT_THAT(commands.mark_seconds(), ElementsAre(0, DoubleNear(15, 1e-9)));
}

}  // namespace
}  // namespace basalt::vulkan
