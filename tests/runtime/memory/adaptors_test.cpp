// Statistics, relief and tracking, alone and stacked as the engine stacks them.
#include "basalt/memory/adaptors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "basalt/memory/pool.h"
#include "runtime/memory/failing_memory.h"
#include "runtime/memory/refusal.h"

namespace basalt {
namespace {

using test::refusal;
using testing::HasSubstr;
using testing::Not;
using Rank = FailureAdaptor::Rank;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

TEST(StatisticsAdaptor, Counts) {
  HostMemory host;
  test::FailingMemory failing(host, 2);
  StatisticsAdaptor counted(failing);
  {
    const Buffer first(counted, 100);
    const Buffer second(counted, 50);
    EXPECT_EQ(counted.statistics().current_bytes, 150U);
  }
  EXPECT_THROW(counted.allocate(1), Error);
  const MemoryStatistics statistics = counted.statistics();
  EXPECT_EQ(statistics.current_bytes, 0U);
  EXPECT_EQ(statistics.peak_bytes, 150U);
  EXPECT_EQ(statistics.total_bytes, 150U);
  EXPECT_EQ(statistics.allocations, 2U);
  EXPECT_EQ(statistics.releases, 2U);
  EXPECT_EQ(statistics.refusals, 1U);
}

TEST(StatisticsAdaptor, CountsTheSameFromManyThreads) {
  HostMemory host;
  PoolResource pool(host);
  StatisticsAdaptor counted(pool);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        const Buffer block(counted, 64);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(counted.statistics().allocations, 8000U);
  EXPECT_EQ(counted.statistics().current_bytes, 0U);
  EXPECT_LE(counted.statistics().peak_bytes, 4 * 64U);
}

TEST(StatisticsAdaptor, AsksThePoolForFragmentation) {
  HostMemory host;
  PoolResource pool(host);
  StatisticsAdaptor counted(pool);
  EXPECT_EQ(counted.fragmentation(), 0);
  {
    const Buffer first(counted, 3 * kMiB);
    const Buffer second(counted, 9 * kMiB);
  }
  EXPECT_DOUBLE_EQ(counted.fragmentation(), 0.25);
}

/// Something elsewhere that holds `count` blocks of 1 MiB and can let go of them one at a time.
struct Hoard {
  std::vector<Buffer> blocks;
  int calls = 0;

  Hoard(MemoryResource& memory, int count) {
    for (int i = 0; i < count; ++i) {
      blocks.emplace_back(memory, kMiB);
    }
  }
  Relief relief() {
    return [this](std::uint64_t) -> std::uint64_t {
      ++calls;
      if (blocks.empty()) {
        return 0;
      }
      blocks.pop_back();
      return kMiB;
    };
  }
};

TEST(FailureAdaptor, EvictsThenSpillsThenGrants) {
  HostMemory host;
  LimitAdaptor limit(host, 4 * kMiB);
  FailureAdaptor memory(limit);
  Hoard states(memory, 2);
  Hoard cache(memory, 2);
  const auto spill = memory.add_relief(Rank::spill, states.relief());
  const auto evict = memory.add_relief(Rank::evict_cache, cache.relief());
  const Buffer first(memory, kMiB);
  EXPECT_EQ(cache.blocks.size(), 1U) << "no more than is needed";
  EXPECT_EQ(states.blocks.size(), 2U);
  const Buffer second(memory, 2 * kMiB);
  EXPECT_EQ(cache.blocks.size(), 0U);
  EXPECT_EQ(states.blocks.size(), 1U) << "spilling comes after evicting";
}

TEST(FailureAdaptor, RefusesInTheWordsOfUpstreamWhenNothingIsLeft) {
  HostMemory host;
  LimitAdaptor limit(host, 2 * kMiB);
  FailureAdaptor memory(limit);
  Hoard cache(memory, 1);
  const auto evict = memory.add_relief(Rank::evict_cache, cache.relief());
  EXPECT_THAT(refusal([&] { memory.allocate(3 * kMiB); }), HasSubstr("3.0 MiB more would exceed"));
  EXPECT_EQ(cache.calls, 2);
}

TEST(FailureAdaptor, GivesUpOnAReliefThatOnlyPromises) {
  HostMemory host;
  LimitAdaptor limit(host, kMiB);
  FailureAdaptor memory(limit);
  int calls = 0;
  const auto idle = memory.add_relief(Rank::evict_cache, [&](std::uint64_t) -> std::uint64_t { return ++calls; });
  refusal([&] { memory.allocate(2 * kMiB); });
  EXPECT_EQ(calls, FailureAdaptor::kMaxRetries);
}

TEST(FailureAdaptor, GivesAReliefThatAllocatesNoFurtherRelief) {
  HostMemory host;
  LimitAdaptor limit(host, kMiB);
  FailureAdaptor memory(limit);
  int calls = 0;
  const auto greedy = memory.add_relief(Rank::spill, [&](std::uint64_t) -> std::uint64_t {
    ++calls;
    const Buffer scratch(memory, 3 * kMiB);  // refused, which counts as nothing freed
    return kMiB;
  });
  refusal([&] { memory.allocate(2 * kMiB); });
  EXPECT_EQ(calls, 1);
}

TEST(FailureAdaptor, PassesOtherErrorsOfARelief) {
  HostMemory host;
  LimitAdaptor limit(host, kMiB);
  FailureAdaptor memory(limit);
  const auto cancelled = memory.add_relief(
      Rank::spill, [](std::uint64_t) -> std::uint64_t { throw Error(ErrorCode::cancelled, "cancelled"); });
  refusal([&] { memory.allocate(2 * kMiB); }, ErrorCode::cancelled);
  refusal([&] { memory.allocate(2 * kMiB); }, ErrorCode::cancelled);
}

TEST(FailureAdaptor, ForgetsAReliefWithItsRegistration) {
  HostMemory host;
  LimitAdaptor limit(host, kMiB);
  FailureAdaptor memory(limit);
  int calls = 0;
  {
    auto first = memory.add_relief(Rank::spill, [&](std::uint64_t) -> std::uint64_t { return ++calls, 0; });
    const FailureAdaptor::Registration moved = std::move(first);
    refusal([&] { memory.allocate(2 * kMiB); });
    EXPECT_EQ(calls, 1);
  }
  refusal([&] { memory.allocate(2 * kMiB); });
  EXPECT_EQ(calls, 1);
}

TEST(FailureAdaptor, RelievesManyThreadsAtOnce) {
  HostMemory host;
  LimitAdaptor limit(host, 8 * kMiB);
  FailureAdaptor memory(limit);
  Hoard cache(memory, 8);
  const auto evict = memory.add_relief(Rank::evict_cache, cache.relief());
  std::atomic<int> granted{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const Buffer block(memory, kMiB);
      ++granted;
      while (granted.load() < 4) {
        std::this_thread::yield();
      }
    });
  }
  threads.clear();
  EXPECT_EQ(granted.load(), 4);
  EXPECT_EQ(cache.blocks.size(), 4U) << "a block for each thread and no more";
}

TEST(TrackingAdaptor, ListsHoldersByTagAndByCallSite) {
  HostMemory host;
  HolderTable table;
  TrackingAdaptor first(host, table, "job 1");
  TrackingAdaptor second(host, table, "job 2");
  const Buffer small(first, 100);
  const Buffer more(first, 50);
  const Buffer large(second, 1000);
  const std::vector<MemoryHolder> holders = table.top(10);
  ASSERT_EQ(holders.size(), 2U);
  EXPECT_EQ(holders[0].tag, "job 2");
  EXPECT_EQ(holders[0].bytes, 1000U);
  EXPECT_EQ(holders[1].bytes, 150U);
  EXPECT_EQ(holders[1].blocks, 2U);
  EXPECT_GE(holders[1].oldest_seconds, 0);
  EXPECT_EQ(table.top(1).size(), 1U);
  const std::vector<MemoryHolder> sites = table.top(10, HolderTable::By::call_site);
  ASSERT_EQ(sites.size(), 3U);
  EXPECT_THAT(sites[0].tag, testing::MatchesRegex("job 2, adaptors_test.cpp:[0-9]+"));
}

TEST(TrackingAdaptor, ForgetsWhatIsReleased) {
  HostMemory host;
  HolderTable table;
  TrackingAdaptor memory(host, table, "job");
  { const Buffer held(memory, 100); }
  EXPECT_TRUE(table.top(10).empty());
}

TEST(TrackingAdaptor, TellsWhatIsFreeAndWhoHoldsTheRest) {
  HostMemory host;
  LimitAdaptor machine(host, 40 * kMiB);
  PoolResource pool(machine);
  StatisticsAdaptor counted(pool);
  FailureAdaptor relieved(counted);
  HolderTable table;
  LimitAdaptor lease(relieved, 30 * kMiB);
  TrackingAdaptor job(lease, table, "job 7");
  TrackingAdaptor other(relieved, table, "job 8");
  const Buffer state(job, 6 * kMiB);
  const Buffer theirs(other, 9 * kMiB);
  {
    const Buffer first(job, 12 * kMiB);
    const Buffer second(job, 4 * kMiB);
  }
  const std::string text = refusal([&] { job.allocate(25 * kMiB); });
  EXPECT_THAT(text, HasSubstr("25.0 MiB more would exceed the memory limit of 30.0 MiB"));
  EXPECT_THAT(text, HasSubstr("largest free block 12.0 MiB, fragmentation 25%"));
  EXPECT_THAT(text, HasSubstr("room for 24.0 MiB more"));
  EXPECT_THAT(text, HasSubstr("held by job 8 (9.0 MiB in 1 block), job 7 (6.0 MiB in 1 block)"));
  EXPECT_THAT(text, HasSubstr("--memory")) << "the advice of the limit is kept";
}

TEST(TrackingAdaptor, NamesOnlyTheTopHolders) {
  HostMemory host;
  LimitAdaptor limit(host, kMiB);
  HolderTable table;
  std::vector<std::unique_ptr<TrackingAdaptor>> jobs;
  std::vector<Buffer> held;
  for (std::uint64_t i = 0; i < 5; ++i) {
    jobs.push_back(std::make_unique<TrackingAdaptor>(limit, table, "job " + std::to_string(i)));
    held.emplace_back(*jobs.back(), 1000 * (i + 1));
  }
  const std::string text = refusal([&] { jobs[0]->allocate(kMiB); });
  EXPECT_THAT(text, HasSubstr("job 4"));
  EXPECT_THAT(text, HasSubstr("job 2"));
  EXPECT_THAT(text, Not(HasSubstr("job 1 (")));
}

/// A job over the whole stack; its N-th allocation from the system fails, for every N.
TEST(Stack, SurvivesTheFailureOfEveryUpstreamAllocation) {
  const auto job = [](MemoryResource& memory) {
    std::vector<Buffer> held;
    for (const std::uint64_t bytes :
         {std::uint64_t{100}, 5 * kMiB, std::uint64_t{200'000}, 3 * kMiB, std::uint64_t{1}, 9 * kMiB}) {
      held.emplace_back(memory, bytes);
    }
  };
  HostMemory host;
  std::uint64_t calls = 1;
  for (std::uint64_t n = 0; n < calls; ++n) {
    test::FailingMemory failing(host, n);
    {
      PoolResource pool(failing);
      StatisticsAdaptor counted(pool);
      FailureAdaptor relieved(counted);
      HolderTable table;
      LimitAdaptor lease(relieved, 100 * kMiB);
      TrackingAdaptor memory(lease, table, "job");
      // asked again after relief, the system grants: the job does not notice
      const auto relief = relieved.add_relief(Rank::evict_cache, [&](std::uint64_t) -> std::uint64_t { return 1; });
      ASSERT_NO_THROW(job(memory)) << n;
      ASSERT_EQ(counted.statistics().current_bytes, 0U);
      ASSERT_EQ(lease.current_bytes(), 0U);
      ASSERT_TRUE(table.top(1).empty());
    }
    ASSERT_EQ(failing.held_bytes(), 0U);
    calls = failing.calls();
  }
  EXPECT_GE(calls, 4U);
}

}  // namespace
}  // namespace basalt
