// The arena: every piece once, no more threads than asked for, cancel, exceptions, nesting, sharing.
#include "basalt/arena.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace basalt {
namespace {

class ArenaThreads : public testing::TestWithParam<int> {
 protected:
  Arena arena{GetParam()};
  CancelToken cancel;
};

TEST_P(ArenaThreads, RunsEveryPieceOnce) {
  for (const std::uint64_t count : {0U, 1U, 2U, 3U, 7U, 64U, 1000U}) {
    std::vector<int> runs(count);  // each piece writes its own element: the thread sanitizer sees if two do not
    arena.for_each(count, cancel, [&](std::uint64_t i) { ++runs[i]; });
    EXPECT_EQ(runs, std::vector<int>(count, 1));
  }
}

TEST_P(ArenaThreads, WhatPiecesWroteIsSeenAfterwards) {
  std::uint64_t total = 0;
  std::vector<std::uint64_t> parts(16);
  for (std::uint64_t round = 0; round < 500; ++round) {  // plain memory, so that a missing fence is a race
    arena.for_each(parts.size(), cancel, [&](std::uint64_t i) { parts[i] = total + i; });
    total = std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}) % 1000003;
  }
  Arena alone(1);
  std::uint64_t expected = 0;
  for (int round = 0; round < 500; ++round) {
    expected = (16 * expected + 120) % 1000003;
  }
  EXPECT_EQ(total, expected);
}

TEST_P(ArenaThreads, NeverUsesMoreThreadsThanAsked) {
  std::mutex mutex;
  std::set<std::thread::id> seen;
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  for (int round = 0; round < 20; ++round) {
    arena.for_each(100, cancel, [&](std::uint64_t) {
      const int now = ++running;
      int before = most;
      while (before < now && !most.compare_exchange_weak(before, now)) {
      }
      std::this_thread::yield();
      {
        const std::scoped_lock lock(mutex);
        seen.insert(std::this_thread::get_id());
      }
      --running;
    });
  }
  EXPECT_LE(most.load(), GetParam());
  EXPECT_LE(seen.size(), static_cast<std::size_t>(GetParam()));
}

TEST_P(ArenaThreads, OnePieceRunsOnTheCaller) {
  arena.for_each(1, cancel, [caller = std::this_thread::get_id()](std::uint64_t) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
  });
}

TEST_P(ArenaThreads, CancelBeforehandRunsNothing) {
  cancel.request();
  std::atomic<int> runs{0};
  try {
    arena.for_each(100, cancel, [&](std::uint64_t) { ++runs; });
    ADD_FAILURE() << "no cancel";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
  EXPECT_EQ(runs.load(), 0);
}

TEST_P(ArenaThreads, CancelOnTheWayStartsNoFurtherPiece) {
  std::atomic<int> after{0};
  EXPECT_THROW(arena.for_each(100000, cancel,
                              [&](std::uint64_t) {
                                if (cancel.requested()) {
                                  ++after;
                                }
                                cancel.request();
                              }),
               Error);
  EXPECT_LT(after.load(), GetParam()) << "at most the pieces that had already started on the other threads";
}

TEST_P(ArenaThreads, RethrowsAndStaysUsable) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> runs{0};
    EXPECT_THROW(arena.for_each(1000, cancel,
                                [&](std::uint64_t i) {
                                  ++runs;
                                  if (i >= 10) {
                                    throw std::runtime_error("piece");
                                  }
                                }),
                 std::runtime_error);
    EXPECT_GE(runs.load(), 11);
    EXPECT_LE(runs.load(), 10 + GetParam());
  }
  std::atomic<int> runs{0};
  arena.for_each(50, cancel, [&](std::uint64_t) { ++runs; });
  EXPECT_EQ(runs.load(), 50);
}

TEST_P(ArenaThreads, NestedUseRunsInPlace) {
  Arena other(2);
  std::atomic<int> runs{0};
  arena.for_each(8, cancel, [&](std::uint64_t) {
    const auto outer = std::this_thread::get_id();
    arena.for_each(4, cancel, [&](std::uint64_t) { ++runs; });
    other.for_each(4, cancel, [&](std::uint64_t) {
      ++runs;
      if (GetParam() > 1) {
        EXPECT_EQ(std::this_thread::get_id(), outer);
      }
    });
  });
  EXPECT_EQ(runs.load(), 64);
}

TEST_P(ArenaThreads, AnExceptionOfANestedLoopArrives) {
  EXPECT_THROW(arena.for_each(4, cancel,
                              [&](std::uint64_t) {
                                arena.for_each(4, cancel, [](std::uint64_t) { throw std::runtime_error("inner"); });
                              }),
               std::runtime_error);
  std::set<std::thread::id> seen;
  std::mutex mutex;
  arena.for_each(64, cancel, [&](std::uint64_t) {
    const std::scoped_lock lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  EXPECT_LE(seen.size(), static_cast<std::size_t>(GetParam()));
}

TEST_P(ArenaThreads, CallersOfSeveralThreadsTakeTurns) {
  std::atomic<int> runs{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        arena.for_each(9, cancel, [&](std::uint64_t) { ++runs; });
      }
    });
  }
  for (std::thread& caller : callers) {
    caller.join();
  }
  EXPECT_EQ(runs.load(), 3 * 50 * 9);
}

INSTANTIATE_TEST_SUITE_P(Counts, ArenaThreads, testing::Values(1, 2, 3, 8));

// All pieces wait for one another: this ends only if every thread of the arena really takes part.
TEST(Arena, UsesAllItsThreads) {
  constexpr int kThreads = 4;
  const Arena arena(kThreads);
  const CancelToken cancel;
  std::atomic<int> arrived{0};
  arena.for_each(kThreads, cancel, [&](std::uint64_t) {
    ++arrived;
    while (arrived < kThreads) {
      std::this_thread::yield();
    }
  });
  EXPECT_EQ(arrived.load(), kThreads);
}

TEST(Arena, StartsAndEndsWithoutWork) {
  for (int i = 0; i < 50; ++i) {
    const Arena arena(4);
    EXPECT_EQ(arena.threads(), 4);
  }
  EXPECT_EQ(Arena(0).threads(), 1);
}

}  // namespace
}  // namespace basalt
