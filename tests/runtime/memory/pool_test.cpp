// The pool: what it gives is sound, what it keeps is used again, and what it need not keep goes back.
#include "basalt/memory/pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "runtime/memory/failing_memory.h"
#include "runtime/memory/poison.h"

namespace basalt {
namespace {

constexpr std::uint64_t kKiB = std::uint64_t{1} << 10;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

/// A block full of one value, so that overlaps show.
struct Filled {
  std::byte* block;
  std::uint64_t bytes;
  unsigned char value;
};

Filled allocate_filled(MemoryResource& memory, std::uint64_t bytes, unsigned char value) {
  std::byte* block = memory.allocate(bytes);
  std::memset(block, value, bytes);
  return {block, bytes, value};
}

bool intact(const Filled& filled) {
  // the first byte is right, and each is like the one after it
  return filled.block[0] == std::byte{filled.value} &&
         std::memcmp(filled.block, filled.block + 1, filled.bytes - 1) == 0;
}

/// Sizes over all parts of a pool, small ones most often.
std::uint64_t random_size(std::uint64_t random) {
  return 1 + (random >> 8) % (std::uint64_t{1} << (random % 23));
}

class PoolSizes : public testing::TestWithParam<std::uint64_t> {};

TEST_P(PoolSizes, AreAlignedWritableAndUsedAgain) {
  HostMemory host;
  test::FailingMemory upstream(host);
  PoolResource pool(upstream);
  const std::uint64_t bytes = GetParam();
  const std::uint64_t alignment = bytes >= MemoryResource::kPageAlignedBytes ? 4096 : 64;
  Filled first = allocate_filled(pool, bytes, 1);
  Filled second = allocate_filled(pool, bytes, 2);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first.block) % alignment, 0U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(second.block) % alignment, 0U);
  EXPECT_TRUE(intact(first));
  EXPECT_TRUE(intact(second));
  pool.release(first.block, bytes);
  pool.release(second.block, bytes);
  const std::uint64_t calls = upstream.calls();
  std::byte* again = pool.allocate(bytes);
  EXPECT_TRUE(again == first.block || again == second.block);
  EXPECT_EQ(upstream.calls(), calls);
  pool.release(again, bytes);
}

INSTANTIATE_TEST_SUITE_P(Sizes, PoolSizes,
                         testing::Values(1, 64, 65, 1024, 1025, 4095, 4096, 32 * kKiB - 1, 32 * kKiB, 32 * kKiB + 1,
                                         64 * kKiB - 1, 64 * kKiB, 65 * kKiB, kMiB - 1, kMiB, 2 * kMiB, 5 * kMiB + 3));

TEST(Pool, GivesBlocksThatDoNotOverlap) {
  HostMemory host;
  PoolResource pool(host);
  std::mt19937_64 random(7);
  std::vector<Filled> held;
  for (int i = 0; i < 5000; ++i) {
    if (held.empty() || random() % 100 < 52) {
      held.push_back(allocate_filled(pool, random_size(random()), static_cast<unsigned char>(i)));
    } else {
      std::swap(held[random() % held.size()], held.back());
      ASSERT_TRUE(intact(held.back())) << "operation " << i;
      pool.release(held.back().block, held.back().bytes);
      held.pop_back();
    }
  }
  for (const Filled& filled : held) {
    ASSERT_TRUE(intact(filled));
    pool.release(filled.block, filled.bytes);
  }
}

RC_GTEST_PROP(Pool, GivesEverythingBackWhenItIsTrimmed, ()) {
  HostMemory host;
  test::FailingMemory upstream(host);
  PoolResource pool(upstream);
  std::vector<Filled> held;
  for (const std::uint64_t step :
       *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::vector<std::uint64_t>>())) {
    held.push_back(allocate_filled(pool, random_size(step), static_cast<unsigned char>(step)));
    if (step % 3 == 0) {
      std::swap(held[step / 3 % held.size()], held.back());
      pool.release(held.back().block, held.back().bytes);
      held.pop_back();
    }
  }
  for (const Filled& filled : held) {
    RC_ASSERT(intact(filled));
    pool.release(filled.block, filled.bytes);
  }
  const std::uint64_t before = upstream.held_bytes();
  RC_ASSERT(pool.statistics().upstream_bytes == before);
  RC_ASSERT(pool.trim() == before);
  RC_ASSERT(upstream.held_bytes() == 0U);
  RC_ASSERT(pool.statistics().idle_bytes == 0U);
}

TEST(Pool, UsesALargeBlockForWhatIsAtMostASixteenthSmaller) {
  HostMemory host;
  test::FailingMemory upstream(host);
  PoolResource pool(upstream);
  std::byte* large = pool.allocate(17 * kMiB);
  pool.release(large, 17 * kMiB);
  std::byte* nearly = pool.allocate(16 * kMiB);
  EXPECT_EQ(nearly, large);
  pool.release(nearly, 16 * kMiB);
  std::byte* smaller = pool.allocate(16 * kMiB - 4096);
  EXPECT_NE(smaller, large) << "more than a sixteenth of memory that nobody promised";
  std::byte* whole = pool.allocate(17 * kMiB);
  EXPECT_EQ(whole, large);
  EXPECT_EQ(upstream.calls(), 2U);
  pool.release(smaller, 16 * kMiB - 4096);
  pool.release(whole, 17 * kMiB);
}

TEST(Pool, KeepsNoMoreThanItMay) {
  HostMemory host;
  test::FailingMemory upstream(host);
  PoolResource pool(upstream, {.max_idle_bytes = 10 * kMiB});
  std::byte* first = pool.allocate(4 * kMiB);
  std::byte* second = pool.allocate(5 * kMiB);
  std::byte* third = pool.allocate(6 * kMiB);
  pool.release(first, 4 * kMiB);
  pool.release(second, 5 * kMiB);
  EXPECT_EQ(pool.statistics().idle_bytes, 9 * kMiB);
  pool.release(third, 6 * kMiB);
  EXPECT_EQ(pool.statistics().idle_bytes, 6 * kMiB) << "what was idle longest goes first, until the rest fits";
  EXPECT_EQ(upstream.held_bytes(), 6 * kMiB);
}

TEST(Pool, GivesIdleBlocksBackBeforeALimitBelowRefuses) {
  HostMemory host;
  LimitAdaptor limit(host, 40 * kMiB);
  PoolResource pool(limit);
  std::byte* first = pool.allocate(16 * kMiB);
  std::byte* second = pool.allocate(16 * kMiB);
  std::byte* small = pool.allocate(100);
  pool.release(first, 16 * kMiB);
  pool.release(second, 16 * kMiB);
  std::byte* other = pool.allocate(20 * kMiB);
  EXPECT_EQ(limit.current_bytes(), 37 * kMiB) << "one idle block and the slab were kept";
  EXPECT_THROW(pool.allocate(30 * kMiB), Error);
  EXPECT_EQ(limit.current_bytes(), 21 * kMiB) << "everything idle was tried";
  pool.release(small, 100);
  EXPECT_EQ(pool.trim(), kMiB);
  pool.release(other, 20 * kMiB);
}

TEST(Pool, TakesASmallerSlabWhereMemoryIsShort) {
  HostMemory host;
  LimitAdaptor limit(host, 256 * kKiB);
  PoolResource pool(limit);
  std::byte* block = pool.allocate(100 * kKiB);
  EXPECT_EQ(limit.current_bytes(), 128 * kKiB);
  pool.release(block, 100 * kKiB);
}

TEST(Pool, DescribesWhatItKeeps) {
  HostMemory host;
  LimitAdaptor limit(host, 100 * kMiB);
  PoolResource pool(limit);
  std::byte* first = pool.allocate(10 * kMiB);
  std::byte* second = pool.allocate(30 * kMiB);
  std::byte* held = pool.allocate(5 * kMiB);
  pool.release(first, 10 * kMiB);
  pool.release(second, 30 * kMiB);
  MemoryState state;
  pool.describe(state);
  EXPECT_EQ(state.used_bytes, 5 * kMiB);
  EXPECT_EQ(state.idle_bytes, 40 * kMiB);
  EXPECT_EQ(state.largest_idle_bytes, 30 * kMiB);
  EXPECT_EQ(state.room_bytes, 95 * kMiB) << "what is idle can be given back";
  EXPECT_DOUBLE_EQ(state.fragmentation(), 0.25);
  pool.release(held, 5 * kMiB);
}

TEST(Pool, CountsHitsAndMisses) {
  HostMemory host;
  PoolResource pool(host);
  for (int i = 0; i < 10; ++i) {
    pool.release(pool.allocate(3 * kMiB), 3 * kMiB);
    pool.release(pool.allocate(100 * kKiB), 100 * kKiB);
  }
  EXPECT_EQ(pool.statistics().hits, 18U);
  EXPECT_EQ(pool.statistics().misses, 2U);
}

/// The same work every time; stops at the first refusal, as a job does.
void work(MemoryResource& memory) {
  std::vector<Buffer> held;
  std::mt19937_64 random(3);
  for (int i = 0; i < 1000; ++i) {
    held.emplace_back(memory, random_size(random()));
    std::memset(held.back().data(), i, held.back().size_bytes());
    if (held.size() > 100) {
      std::swap(held[random() % held.size()], held.back());
      held.pop_back();
    }
  }
}

TEST(Pool, SurvivesTheFailureOfEveryUpstreamAllocation) {
  HostMemory host;
  test::FailingMemory counting(host);
  {
    PoolResource pool(counting);
    work(pool);
  }
  ASSERT_GT(counting.calls(), 10U);
  for (std::uint64_t n = 0; n < counting.calls(); ++n) {
    test::FailingMemory failing(host, n);
    {
      PoolResource pool(failing);
      try {
        work(pool);
      } catch (const Error& error) {
        ASSERT_EQ(error.code(), ErrorCode::out_of_resources);
      }
      ASSERT_NO_THROW(work(pool)) << "the pool works on after failure " << n;
    }
    ASSERT_EQ(failing.held_bytes(), 0U) << "after failure " << n;
  }
}

TEST(Pool, ServesThreadsThatReleaseWhatOthersAllocated) {
  HostMemory host;
  test::FailingMemory upstream(host);
  PoolResource pool(upstream);
  constexpr std::size_t kSlots = 64;
  struct Slot {
    std::mutex mutex;
    Filled filled{};
  };
  std::vector<Slot> slots(kSlots);
  std::atomic<int> damaged{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937_64 random(t);
      for (int i = 0; i < 1000; ++i) {
        Filled fresh = allocate_filled(pool, random_size(random()), static_cast<unsigned char>(random()));
        {
          Slot& slot = slots[random() % kSlots];
          const std::scoped_lock lock(slot.mutex);
          std::swap(slot.filled, fresh);
        }
        if (fresh.block != nullptr) {
          damaged += intact(fresh) ? 0 : 1;
          pool.release(fresh.block, fresh.bytes);
        }
        if (i % 200 == 0) {
          pool.trim();
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const Slot& slot : slots) {
    if (slot.filled.block != nullptr) {
      pool.release(slot.filled.block, slot.filled.bytes);
    }
  }
  EXPECT_EQ(damaged.load(), 0);
  pool.trim();
  EXPECT_EQ(upstream.held_bytes(), 0U) << "threads that ended keep nothing";
}

TEST(Pool, MayEndBeforeTheThreadsThatUsedIt) {
  HostMemory host;
  test::FailingMemory upstream(host);
  for (int i = 0; i < 3; ++i) {
    PoolResource first(upstream);
    PoolResource second(upstream);
    const Buffer one(first, 100);
    const Buffer two(second, 100);
    EXPECT_NE(one.data(), two.data());
  }
  EXPECT_EQ(upstream.held_bytes(), 0U);
}

TEST(Pool, ServesThreadLocalObjectsThatOutliveItsCaches) {
  HostMemory host;
  test::FailingMemory upstream(host);
  PoolResource pool(upstream);
  struct Late {
    Buffer held;
    PoolResource* pool = nullptr;
    ~Late() { const Buffer more(*pool, 200); }
  };
  std::thread([&] {
    thread_local Late late;  // created before the caches, so destroyed after them
    late.pool = &pool;
    late.held = Buffer(pool, 100);
  }).join();
  pool.trim();
  EXPECT_EQ(upstream.held_bytes(), 0U);
}

TEST(PoolDeathTest, CatchesTheUseOfWhatWasReleased) {
  if constexpr (!kPoisons) {
    GTEST_SKIP() << "needs the address sanitizer";
  }
  HostMemory host;
  PoolResource pool(host);
  for (const std::uint64_t bytes : {std::uint64_t{100}, 100 * kKiB, 3 * kMiB}) {
    volatile std::byte* block = pool.allocate(bytes);
    block[bytes - 1] = std::byte{1};
    pool.release(const_cast<std::byte*>(block), bytes);
    EXPECT_DEATH(block[0] = std::byte{1}, "use-after-poison") << bytes;
  }
  volatile std::byte* block = pool.allocate(100);
  EXPECT_DEATH(block[100] = std::byte{1}, "use-after-poison") << "the end of a block is what was asked for";
  pool.release(const_cast<std::byte*>(block), 100);
}

TEST(Pool, FillsWhatIsReleasedInDebugBuilds) {
  if constexpr (!kFills || kPoisons) {
    GTEST_SKIP() << "needs a build with assertions and without the address sanitizer";
  }
  HostMemory host;
  PoolResource pool(host);
  const Filled filled = allocate_filled(pool, 100, 1);
  pool.release(filled.block, filled.bytes);
  EXPECT_TRUE(intact({filled.block, filled.bytes, kFillPattern}));
}

}  // namespace
}  // namespace basalt
