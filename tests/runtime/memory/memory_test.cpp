// Host memory, the limit over it, and the buffer that owns a block.
#include "basalt/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <thread>
#include <vector>

#include "runtime/memory/failing_memory.h"
#include "runtime/memory/field.h"
#include "runtime/memory/refusal.h"

namespace basalt {
namespace {

using test::refusal;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

class HostMemorySizes : public testing::TestWithParam<std::uint64_t> {};

TEST_P(HostMemorySizes, GivesZeroedAlignedWritableBlocks) {
  HostMemory memory;
  const std::uint64_t bytes = GetParam();
  for (int round = 0; round < 2; ++round) {  // the second block may reuse addresses: still zeroed
    std::byte* block = memory.allocate(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0U);
    if (bytes >= 2 * kMiB) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % (2 * kMiB), 0U);
    }
    EXPECT_TRUE(std::all_of(block, block + bytes, [](std::byte value) { return value == std::byte{0}; }));
    std::memset(block, 0xA5, bytes);
    memory.release(block, bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, HostMemorySizes,
                         testing::Values(1, 63, 128, 4096, 4097, 2 * kMiB - 4096, 2 * kMiB - 1, 2 * kMiB, 2 * kMiB + 1,
                                         7 * kMiB + 12345));

TEST(HostMemory, RefusesWhatNoMachineHasAndNamesIt) {
  HostMemory memory;
  EXPECT_THAT(refusal([&] { memory.allocate(std::uint64_t{1} << 60); }), HasSubstr("1.0 EiB"));
  EXPECT_THAT(refusal([&] { memory.allocate(std::numeric_limits<std::uint64_t>::max()); }), HasSubstr("16.0 EiB"));
}

TEST(LimitAdaptor, CountsWhatIsHeldAndItsPeak) {
  HostMemory host;
  LimitAdaptor limited(host, 3 * kMiB);
  {
    const Buffer first(limited, kMiB);
    const Buffer second(limited, 2 * kMiB);
    EXPECT_EQ(limited.current_bytes(), 3 * kMiB);
  }
  const Buffer third(limited, 17);
  EXPECT_EQ(limited.current_bytes(), 17U);
  EXPECT_EQ(limited.peak_bytes(), 3 * kMiB);
}

TEST(LimitAdaptor, RefusesOneByteTooManyWithTheNumbers) {
  HostMemory host;
  LimitAdaptor limited(host, 3 * kMiB);
  const Buffer held(limited, kMiB);
  const std::string text = refusal([&] { limited.allocate(2 * kMiB + 1); });
  EXPECT_THAT(text, HasSubstr("2.0 MiB"));
  EXPECT_THAT(text, HasSubstr("3.0 MiB"));
  EXPECT_THAT(text, HasSubstr("1.0 MiB is in use"));
  EXPECT_THAT(text, HasSubstr("--memory"));
  refusal([&] { limited.allocate(std::numeric_limits<std::uint64_t>::max()); });
  EXPECT_EQ(limited.current_bytes(), kMiB);
  EXPECT_NO_THROW(Buffer(limited, 2 * kMiB));
}

TEST(LimitAdaptor, GivesBackTheReservationWhenTheUpstreamFails) {
  HostMemory host;
  test::FailingMemory failing(host, 1);
  LimitAdaptor limited(failing, kMiB);
  const Buffer held(limited, 100);
  refusal([&] { limited.allocate(1000); });
  EXPECT_EQ(limited.current_bytes(), 100U);
  EXPECT_EQ(limited.peak_bytes(), 100U);
  EXPECT_EQ(failing.held_bytes(), 100U);
}

TEST(LimitAdaptor, TellsTheRoomThatIsLeft) {
  HostMemory host;
  LimitAdaptor outer(host, 10 * kMiB);
  LimitAdaptor inner(outer, 3 * kMiB);
  const Buffer held(inner, kMiB);
  const Buffer other(outer, 8 * kMiB);
  MemoryState state;
  inner.describe(state);
  EXPECT_EQ(state.used_bytes, kMiB);
  EXPECT_EQ(state.room_bytes, kMiB) << "the tighter of the two";
}

TEST(LimitAdaptor, HoldsItsLimitAgainstManyThreads) {
  HostMemory host;
  constexpr std::uint64_t kBlock = 4096;
  LimitAdaptor limited(host, 3 * kBlock);
  std::atomic<std::uint64_t> granted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        try {
          const Buffer first(limited, kBlock);
          const Buffer second(limited, kBlock);
          ++granted;
        } catch (const Error&) {
          continue;  // others hold it all at this moment
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_GT(granted.load(), 0U);
  EXPECT_LE(limited.peak_bytes(), 3 * kBlock);
  EXPECT_EQ(limited.current_bytes(), 0U);
}

TEST(Buffer, MovesItsBlockAndReleasesItOnce) {
  HostMemory host;
  LimitAdaptor counted(host, kMiB);
  Buffer first(counted, 256);
  std::byte* block = first.data();
  Buffer second(std::move(first));
  EXPECT_EQ(second.data(), block);
  EXPECT_EQ(second.size_bytes(), 256U);
  EXPECT_EQ(first.data(), nullptr);  // NOLINT(bugprone-use-after-move): what a moved-from buffer is, is the contract
  EXPECT_EQ(first.size_bytes(), 0U);

  Buffer third(counted, 512);
  third = std::move(second);
  EXPECT_EQ(third.data(), block);
  EXPECT_EQ(counted.current_bytes(), 256U) << "the block that was overwritten is released at once";
  third = Buffer();
  EXPECT_EQ(counted.current_bytes(), 0U);
}

TEST(Buffer, SelfMoveKeepsTheBlock) {
  HostMemory host;
  LimitAdaptor counted(host, kMiB);
  Buffer buffer(counted, 256);
  Buffer& alias = buffer;
  buffer = std::move(alias);
  EXPECT_EQ(buffer.size_bytes(), counted.current_bytes());
}

TEST(Buffer, IsSeenAsWholeElements) {
  HostMemory host;
  const Buffer buffer(host, 100);
  EXPECT_EQ(buffer.bytes().size(), 100U);
  EXPECT_EQ(buffer.view<double>().size(), 12U);
  EXPECT_EQ(static_cast<void*>(buffer.view<double>().data()), buffer.data());
  buffer.view<double>().back() = 1;
  EXPECT_EQ(buffer.as<double>()[11], 1);
}

TEST(Buffer, OfNothingAsksForNothing) {
  HostMemory host;
  test::FailingMemory failing(host, 0);
  const Buffer buffer(failing, 0);
  EXPECT_EQ(buffer.data(), nullptr);
  EXPECT_EQ(failing.calls(), 0U);
}

TEST(Field, IsPaddedToWholeVectors) {
  EXPECT_EQ(field_bytes(ElementType::c64, 1), 128U);
  EXPECT_EQ(field_bytes(ElementType::c128, 4), 256U);
  EXPECT_EQ(field_bytes(ElementType::c128, 5), 512U);
  EXPECT_EQ(field_bytes(ElementType::c64, 40), std::uint64_t{8} << 40);
  HostMemory host;
  const Field field(host, ElementType::c64, 1);
  EXPECT_EQ(field.size_bytes(), 128U);
  EXPECT_EQ(field.padded_axes(), 4);
}

}  // namespace
}  // namespace basalt
