#include "runtime/vulkan/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <thread>

#include "../memory/refusal.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/fixture.h"
#include "runtime/vulkan/watched_driver.h"

namespace basalt::vulkan {
namespace {

using test::refusal;
using testing::AllOf;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

class MemoryTest : public VulkanTest {
 protected:
  /// As if every heap had these bytes, of which a sixteenth is left to others.
  static PhysicalDevice with_heaps_of(std::uint64_t bytes) {
    PhysicalDevice physical = *test_device();
    physical.properties.memory_budget = false;
    for (MemoryHeap& heap : physical.properties.heaps) {
      heap.bytes = bytes;
    }
    return physical;
  }

  static HeapUse sum(const DeviceMemory& memory) {
    HeapUse sum;
    for (const HeapUse& use : memory.use()) {
      sum.used_bytes += use.used_bytes;
      sum.reserved_bytes += use.reserved_bytes;
      sum.peak_bytes += use.peak_bytes;
    }
    return sum;
  }
};

TEST_F(MemoryTest, SmallBuffersShareAnAllocation) {
  DeviceMemory memory(Device::open(*test_device()));
  std::vector<DeviceBuffer> buffers;
  buffers.reserve(20);
  for (int i = 0; i < 20; ++i) {
    buffers.push_back(memory.allocate(1000, Placement::device, "test"));
  }
  EXPECT_EQ(sum(memory).used_bytes, 20'000);
  EXPECT_EQ(sum(memory).reserved_bytes, memory.device().plan().block_bytes);
  std::ranges::sort(buffers, {}, &DeviceBuffer::address);
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_EQ(buffers[i].size_bytes(), 1000);
    EXPECT_EQ(buffers[i].address() % 256, 0);
    if (i > 0) {
      EXPECT_GE(buffers[i].address(), buffers[i - 1].address() + 1000);
    }
  }
}

TEST_F(MemoryTest, ALargeBufferHasItsOwnAllocation) {
  DeviceMemory memory(Device::open(*test_device()));
  const std::uint64_t bytes = memory.device().plan().block_bytes;
  {
    const DeviceBuffer buffer = memory.allocate(bytes, Placement::device, "test");
    EXPECT_GE(sum(memory).reserved_bytes, bytes);
    EXPECT_EQ(sum(memory).used_bytes, bytes);
  }
  EXPECT_EQ(sum(memory).used_bytes, 0);
  EXPECT_GE(sum(memory).peak_bytes, bytes);
}

TEST_F(MemoryTest, ALargeAllocationStaysForTheNextOfItsSize) {
  DeviceMemory memory(Device::open(with_heaps_of(3200 * kMiB)));
  const auto reserved_after = [&](std::uint64_t bytes) {
    memory.allocate(bytes, Placement::device, "test");
    return sum(memory).reserved_bytes;
  };
  EXPECT_EQ(reserved_after(100 * kMiB), 100 * kMiB);
  EXPECT_EQ(reserved_after(90 * kMiB), 100 * kMiB) << "lies in what was left";
  EXPECT_EQ(reserved_after(70 * kMiB), 100 * kMiB) << "too little for it, and together they are more than may stay";
  {
    const DeviceBuffer one = memory.allocate(100 * kMiB, Placement::device, "test");
    const DeviceBuffer two = memory.allocate(100 * kMiB, Placement::device, "test");
    EXPECT_EQ(sum(memory).reserved_bytes, 200 * kMiB);
    EXPECT_NE(one.address(), two.address());
  }
  EXPECT_EQ(sum(memory).reserved_bytes, 100 * kMiB);
  EXPECT_EQ(reserved_after(101 * kMiB), 100 * kMiB) << "more than a share of the heap goes at once";
  memory.trim();
  EXPECT_EQ(sum(memory).reserved_bytes, 0);
}

TEST_F(MemoryTest, TheHostSeesWhatIsMeantForIt) {
  DeviceMemory memory(Device::open(*test_device()));
  EXPECT_EQ(memory.allocate(100, Placement::device, "test").data(), nullptr);
  for (const Placement placement : {Placement::upload, Placement::download}) {
    const DeviceBuffer buffer = memory.allocate(100, placement, "test");
    const DeviceBuffer other = memory.allocate(100, placement, "test");
    ASSERT_NE(buffer.data(), nullptr);
    std::memset(buffer.data(), 1, 100);
    std::memset(other.data(), 2, 100);
    EXPECT_TRUE(std::all_of(buffer.data(), buffer.data() + 100, [](std::byte byte) { return byte == std::byte{1}; }));
  }
}

TEST_F(MemoryTest, TheDeviceSeesWhatTheHostWrote) {
  const auto device = Device::open(*test_device());
  DeviceMemory memory(device);
  const DeviceBuffer from = memory.allocate(4000, Placement::upload, "test");
  const DeviceBuffer middle = memory.allocate(4000, Placement::device, "test");
  const DeviceBuffer to = memory.allocate(4000, Placement::download, "test");
  for (std::size_t i = 0; i < 4000; ++i) {
    from.data()[i] = static_cast<std::byte>(i * 7);
  }
  Commands commands(device, QueueKind::compute);
  commands.begin();
  commands.copy(from, 0, middle, 0, 4000);
  commands.barrier();
  commands.copy(middle, 0, to, 0, 4000);
  commands.host_barrier();
  commands.end();
  commands.run();
  EXPECT_TRUE(std::equal(from.data(), from.data() + 4000, to.data()));
}

TEST_F(MemoryTest, ABufferMoves) {
  DeviceMemory memory(Device::open(*test_device()));
  DeviceBuffer one = memory.allocate(100, Placement::upload, "test");
  const std::uint64_t address = one.address();
  DeviceBuffer two = std::move(one);
  EXPECT_EQ(two.address(), address);
  DeviceBuffer three = memory.allocate(50, Placement::upload, "test");
  three = std::move(two);
  EXPECT_EQ(three.address(), address);
  EXPECT_EQ(three.size_bytes(), 100);
  two = DeviceBuffer();
  EXPECT_EQ(sum(memory).used_bytes, 100);
  three = DeviceBuffer();
  EXPECT_EQ(sum(memory).used_bytes, 0);
}

TEST_F(MemoryTest, RefusesSizesThatNoBufferHas) {
  DeviceMemory memory(Device::open(*test_device()));
  refusal([&] { memory.allocate(0, Placement::device, "test"); }, ErrorCode::bad_usage);
  const std::uint64_t too_large = memory.device().plan().chunk_bytes + 1;
  EXPECT_THAT(refusal([&] { memory.allocate(too_large, Placement::device, "waves"); }, ErrorCode::bad_usage),
              AllOf(HasSubstr("waves"), HasSubstr(std::to_string(too_large))));
}

TEST_F(MemoryTest, RefusesBeyondTheBudgetWithTheNumbers) {
  DeviceMemory memory(Device::open(with_heaps_of(160 * kMiB)));  // 150 MiB to have
  EXPECT_EQ(memory.free_bytes(), 150 * kMiB);
  const DeviceBuffer state = memory.allocate(100 * kMiB, Placement::device, "state");
  const DeviceBuffer table = memory.allocate(40 * kMiB, Placement::device, "table");
  EXPECT_EQ(memory.free_bytes(), 10 * kMiB);
  EXPECT_THAT(refusal([&] { memory.allocate(50 * kMiB, Placement::device, "more"); }),
              AllOf(HasSubstr("50.0 MiB (more)"), HasSubstr("10.0 MiB free"), HasSubstr("state 100.0 MiB"),
                    HasSubstr("table 40.0 MiB"), HasSubstr(test_device()->properties.name)));
  EXPECT_EQ(sum(memory).used_bytes, 140 * kMiB);
  const DeviceBuffer rest = memory.allocate(10 * kMiB, Placement::device, "rest");  // without a block to share
  EXPECT_EQ(memory.free_bytes(), 0);
}

TEST_F(MemoryTest, SaysWhereNothingIsHeld) {
  DeviceMemory memory(Device::open(with_heaps_of(16 * kMiB)));
  EXPECT_THAT(refusal([&] { memory.allocate(50 * kMiB, Placement::device, "more"); }), HasSubstr("held: nothing"));
}

TEST_F(MemoryTest, GivesIdleAllocationsBackWhereRoomIsShort) {
  DeviceMemory memory(Device::open(with_heaps_of(160 * kMiB)));
  memory.allocate(100, Placement::device, "test");
  const std::uint64_t block_bytes = memory.device().plan().block_bytes;
  EXPECT_EQ(sum(memory).reserved_bytes, block_bytes) << "kept for the next";
  EXPECT_EQ(memory.free_bytes(), 150 * kMiB);
  const DeviceBuffer large = memory.allocate(150 * kMiB, Placement::device, "test");
  EXPECT_EQ(sum(memory).reserved_bytes, 150 * kMiB);
}

TEST_F(MemoryTest, TrimGivesBackWhatHoldsNoBuffer) {
  DeviceMemory memory(Device::open(*test_device()));
  {
    const DeviceBuffer buffer = memory.allocate(100, Placement::device, "test");
    memory.trim();
    EXPECT_EQ(sum(memory).reserved_bytes, memory.device().plan().block_bytes);
  }
  memory.trim();
  EXPECT_EQ(sum(memory).reserved_bytes, 0);
}

TEST_F(MemoryTest, ChunksAreAllOrNothing) {
  PhysicalDevice physical = with_heaps_of(160 * kMiB);
  physical.plan.chunk_bytes = 40 * kMiB;
  DeviceMemory memory(Device::open(physical));
  {
    const std::vector<DeviceBuffer> chunks = memory.allocate_chunks(90 * kMiB, "state");
    ASSERT_EQ(chunks.size(), 3);
    EXPECT_EQ(chunks[0].size_bytes(), 40 * kMiB);
    EXPECT_EQ(chunks[1].size_bytes(), 40 * kMiB);
    EXPECT_EQ(chunks[2].size_bytes(), 10 * kMiB);
  }
  EXPECT_EQ(memory.allocate_chunks(40 * kMiB, "state").size(), 1);
  EXPECT_THAT(refusal([&] { memory.allocate_chunks(170 * kMiB, "state"); }), HasSubstr("170.0 MiB (state)"));
  EXPECT_EQ(sum(memory).used_bytes, 0);
}

TEST_F(MemoryTest, ChunksGoBackWhereTheDriverRefusesOne) {
  WatchedDriver driver;
  driver.fail_only("vkAllocateMemory");
  driver.fail_at(2, VK_ERROR_OUT_OF_DEVICE_MEMORY);
  PhysicalDevice physical = *test_device();
  physical.plan.chunk_bytes = physical.plan.block_bytes;
  {
    DeviceMemory memory(Device::open(physical, driver.options()));
    const std::int64_t alive = driver.alive();
    EXPECT_THAT(refusal([&] { memory.allocate_chunks(4 * physical.plan.chunk_bytes, "state"); }),
                AllOf(HasSubstr("(state)"), HasSubstr("free"), HasSubstr("state ")));
    EXPECT_EQ(sum(memory).used_bytes, 0);
    memory.trim();
    EXPECT_EQ(sum(memory).reserved_bytes, 0);
    EXPECT_EQ(driver.alive(), alive);
  }
  EXPECT_EQ(driver.alive(), 0);
}

TEST_F(MemoryTest, KeepsToTheNumberOfAllocations) {
  PhysicalDevice physical = *test_device();
  physical.properties.max_allocations = 2;
  DeviceMemory memory(Device::open(physical));
  const std::uint64_t bytes = physical.plan.block_bytes;
  const DeviceBuffer one = memory.allocate(bytes, Placement::device, "test");
  const DeviceBuffer two = memory.allocate(bytes, Placement::device, "test");
  refusal([&] { memory.allocate(bytes, Placement::device, "test"); });
}

TEST_F(MemoryTest, ServesManyThreads) {
  DeviceMemory memory(Device::open(*test_device()));
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i) {
    threads.emplace_back([&memory, i] {
      std::vector<DeviceBuffer> buffers;
      for (std::uint64_t j = 0; j < 200; ++j) {
        buffers.push_back(memory.allocate(1 + (j * 7919 + i) % 5000, Placement::upload, "test"));
        std::memset(buffers.back().data(), static_cast<int>(i), buffers.back().size_bytes());
        if (j % 3 == 2) {
          buffers.erase(buffers.begin() + static_cast<std::ptrdiff_t>(j % buffers.size()));
        }
      }
      for (const DeviceBuffer& buffer : buffers) {
        EXPECT_TRUE(std::all_of(buffer.data(), buffer.data() + buffer.size_bytes(),
                                [i](std::byte byte) { return byte == static_cast<std::byte>(i); }));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(sum(memory).used_bytes, 0);
}

/// Whatever is allocated and released in whatever order: buffers lie apart, and the books balance.
RC_GTEST_FIXTURE_PROP(MemoryTest, BuffersNeverOverlap, ()) {
  if (test_device() == nullptr) {
    return;
  }
  static DeviceMemory memory(Device::open(*test_device()));
  std::vector<DeviceBuffer> buffers;
  std::uint64_t held = 0;
  for (const std::uint32_t choice :
       *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>())) {
    if (choice % 3 == 0 && !buffers.empty()) {
      const auto gone = buffers.begin() + static_cast<std::ptrdiff_t>(choice / 3 % buffers.size());
      held -= gone->size_bytes();
      buffers.erase(gone);
    } else {
      const std::uint64_t bytes = 1 + choice % (std::uint64_t{1} << (choice % 17));
      buffers.push_back(memory.allocate(bytes, static_cast<Placement>(choice % 3), "test"));
      held += bytes;
    }
    RC_ASSERT(sum(memory).used_bytes == held);
  }
  std::ranges::sort(buffers, {}, &DeviceBuffer::address);
  for (std::size_t i = 1; i < buffers.size(); ++i) {
    RC_ASSERT(buffers[i].address() >= buffers[i - 1].address() + buffers[i - 1].size_bytes());
  }
}

}  // namespace
}  // namespace basalt::vulkan
