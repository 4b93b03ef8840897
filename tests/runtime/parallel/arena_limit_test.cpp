// The arena's size changes while it lives, its threads can be pinned, and callers have priorities.
#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "basalt/arena.h"
#include "runtime/parallel/processor_set.h"

namespace basalt {
namespace {

const CancelToken kNever;

/// Ends only if `threads` of them take part at once; returns how many different ones were seen.
std::size_t meet(const Arena& arena, int threads) {
  std::atomic<int> arrived{0};
  std::mutex mutex;
  std::set<std::thread::id> seen;
  arena.for_each(static_cast<std::uint64_t>(threads), kNever, [&](std::uint64_t) {
    ++arrived;
    while (arrived < threads) {
      std::this_thread::yield();
    }
    const std::scoped_lock lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  return seen.size();
}

std::size_t count_threads(const Arena& arena) {
  std::mutex mutex;
  std::set<std::thread::id> seen;
  for (int round = 0; round < 5; ++round) {
    arena.for_each(50, kNever, [&](std::uint64_t) {
      std::this_thread::yield();
      const std::scoped_lock lock(mutex);
      seen.insert(std::this_thread::get_id());
    });
  }
  return seen.size();
}

TEST(ArenaLimit, GrowsAndShrinksBetweenLoops) {
  Arena arena(2);
  for (const int limit : {4, 1, 3, 2}) {
    arena.set_limit(limit);
    EXPECT_EQ(arena.threads(), limit);
    EXPECT_EQ(meet(arena, limit), static_cast<std::size_t>(limit));
    EXPECT_LE(count_threads(arena), static_cast<std::size_t>(limit));
  }
  arena.set_limit(-3);
  EXPECT_EQ(arena.threads(), 1);
}

TEST(ArenaLimit, ThreadsLeaveARunningLoopAfterTheirPiece) {
  constexpr int kThreads = 4;
  Arena arena(kThreads);
  std::atomic<bool> shrunk{false};
  std::atomic<int> late{0};
  arena.for_each(2000, kNever, [&, caller = std::this_thread::get_id()](std::uint64_t piece) {
    if (shrunk && std::this_thread::get_id() != caller) {
      ++late;
    }
    if (piece == 1000) {
      arena.set_limit(1);
      shrunk = true;
    }
  });
  EXPECT_LT(late.load(), kThreads) << "at most one piece each, that was claimed already";
  EXPECT_EQ(arena.threads(), 1);
}

TEST(ArenaLimit, ThreadsJoinARunningLoop) {
  Arena arena(2);
  std::atomic<int> arrived{0};
  arena.for_each(4, kNever, [&](std::uint64_t) {
    if (++arrived == 2) {
      arena.set_limit(4);
    }
    while (arrived < 4) {
      std::this_thread::yield();
    }
  });
  EXPECT_EQ(arrived.load(), 4);
}

TEST(ArenaLimit, ChangesWhileOthersRunLoops) {
  Arena arena(3);
  std::atomic<bool> stop{false};
  std::thread changer([&] {
    for (int i = 0; !stop; ++i) {
      arena.set_limit(1 + i % 5);
    }
  });
  std::atomic<int> runs{0};
  for (int round = 0; round < 300; ++round) {
    arena.for_each(20, kNever, [&](std::uint64_t) { ++runs; });
  }
  stop = true;
  changer.join();
  EXPECT_EQ(runs.load(), 300 * 20);
}

TEST(ArenaPinning, KeepsEachThreadOnItsProcessor) {
  const std::vector<int> allowed = allowed_processors();
  ASSERT_FALSE(allowed.empty());
  const int place = allowed.back();
  Arena arena(ArenaSettings{.threads = 3, .processors = {place}});
  arena.set_limit(4);  // the one that starts late, too
  const auto caller = std::this_thread::get_id();
  std::atomic<int> arrived{0};
  arena.for_each(4, kNever, [&](std::uint64_t) {
    ++arrived;
    while (arrived < 4) {
      std::this_thread::yield();
    }
    if (std::this_thread::get_id() != caller) {
      EXPECT_EQ(allowed_processors(), std::vector{place});
      EXPECT_EQ(sched_getcpu(), place);
    }
  });
  EXPECT_EQ(allowed_processors(), allowed) << "the caller's place is its own affair";
}

TEST(ArenaPinning, RefusesProcessorsThatAreNotThere) {
  for (const int processor : {-1, 100000}) {
    try {
      const Arena arena(ArenaSettings{.threads = 2, .processors = {processor}});
      ADD_FAILURE() << processor;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_usage);
      EXPECT_NE(error.message().find(std::to_string(processor)), std::string::npos);
    }
    EXPECT_THROW(ThreadPin{processor}, Error);
  }
}

TEST(ArenaPinning, APinIsUndoneAndNotInherited) {
  const std::vector<int> allowed = allowed_processors();
  Arena arena(1);
  {
    const ThreadPin pin(allowed.front());
    EXPECT_EQ(allowed_processors(), std::vector{allowed.front()});
    arena.set_limit(2);  // started by a pinned thread
  }
  EXPECT_EQ(allowed_processors(), allowed);
  std::atomic<int> arrived{0};
  arena.for_each(2, kNever, [&](std::uint64_t) {
    ++arrived;
    while (arrived < 2) {
      std::this_thread::yield();
    }
    EXPECT_EQ(allowed_processors(), allowed);
  });
}

TEST(ArenaPriority, LoopsOfAHigherPriorityGoFirst) {
  Arena arena(2);
  std::mutex mutex;
  std::string order;
  std::vector<std::thread> callers;
  const auto arrive = [&](char name, int priority) {
    const std::size_t before = arena.waiting();
    callers.emplace_back([&, name, priority] {
      const PriorityScope scope(priority);
      arena.for_each(2, kNever, [&](std::uint64_t piece) {
        if (piece == 0) {
          const std::scoped_lock lock(mutex);
          order += name;
        }
      });
    });
    while (arena.waiting() == before) {
      std::this_thread::yield();
    }
  };
  arena.for_each(2, kNever, [&](std::uint64_t piece) {
    if (piece == 0) {
      arrive('l', -5);
      arrive('m', 0);
      arrive('h', 5);
    }
  });
  for (std::thread& each : callers) {
    each.join();
  }
  EXPECT_EQ(order, "hml");
  EXPECT_EQ(arena.waiting(), 0U);
}

}  // namespace
}  // namespace basalt
