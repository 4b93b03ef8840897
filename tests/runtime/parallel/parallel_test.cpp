// Loops over ranges and reductions: every element once, and the same bits on any number of threads.
#include "basalt/parallel.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace basalt {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

TEST(ParallelFor, VisitsEveryElementOnceInRangesOfTheGrain) {
  const Arena arena(3);
  const CancelToken cancel;
  for (const std::uint64_t count : {0U, 1U, 9U, 10U, 11U, 1000U}) {
    std::vector<int> visits(count);
    parallel_for(arena, cancel, 100, 100 + count, 10, [&](std::uint64_t first, std::uint64_t last) {
      EXPECT_EQ(first % 10, 0U);
      EXPECT_TRUE(last - first == 10 || last == 100 + count) << first << ' ' << last;
      for (std::uint64_t i = first; i < last; ++i) {
        ++visits[i - 100];
      }
    });
    EXPECT_EQ(visits, std::vector<int>(count, 1));
  }
}

TEST(ParallelFor, ReachesTheEndOfTheIntegers) {
  const Arena arena(2);
  const CancelToken cancel;
  std::atomic<std::uint64_t> visited{0};
  parallel_for(arena, cancel, kLargest - 10, kLargest, 4,
               [&](std::uint64_t first, std::uint64_t last) { visited += last - first; });
  EXPECT_EQ(visited.load(), 10U);
  parallel_for(arena, cancel, 0, kLargest, kLargest, [&](std::uint64_t first, std::uint64_t last) {
    EXPECT_EQ(first, 0U);
    EXPECT_EQ(last, kLargest);
  });
  parallel_for(arena, cancel, 5, 3, 1, [](std::uint64_t, std::uint64_t) { ADD_FAILURE() << "the range is empty"; });
}

TEST(ParallelFor, RefusesAGrainOfNothing) {
  const Arena arena(2);
  const CancelToken cancel;
  EXPECT_THROW(parallel_for(arena, cancel, 0, 3, 0, [](std::uint64_t, std::uint64_t) {}), Error);
}

TEST(ParallelReduce, CombinesInOrderOfIndexAsABalancedTree) {
  const Arena arena(4);
  const CancelToken cancel;
  const auto tree = [&](std::uint64_t count) {
    return parallel_reduce(
        arena, cancel, count, 2, std::string("-"),
        [](std::uint64_t first, std::uint64_t last) { return std::to_string(first) + (last - first == 2 ? "" : "!"); },
        [](const std::string& a, const std::string& b) { return "(" + a + " " + b + ")"; });
  };
  EXPECT_EQ(tree(0), "-");
  EXPECT_EQ(tree(1), "0!");
  EXPECT_EQ(tree(8), "((0 2) (4 6))");
  EXPECT_EQ(tree(11), "(((0 2) (4 6)) (8 10!))");
}

TEST(ParallelReduce, WritesFlagsSideBySide) {
  const Arena arena(4);
  const CancelToken cancel;
  const bool any = parallel_reduce(
      arena, cancel, 4000, 1, false, [](std::uint64_t first, std::uint64_t) { return first == 3999; },
      [](bool a, bool b) { return a || b; });
  EXPECT_TRUE(any);
}

RC_GTEST_PROP(ParallelReduce, GivesTheSameBitsOnAnyNumberOfThreads, ()) {
  const auto values = *rc::gen::container<std::vector<double>>(rc::gen::map(
      rc::gen::inRange(-1000000, 1000000), [](int i) { return std::exp(i * 1e-5) * (i % 2 == 0 ? 1 : -1); }));
  const auto grain = static_cast<std::uint64_t>(*rc::gen::inRange(1, 20));
  const CancelToken cancel;
  const auto sum = [&](int threads) {
    const Arena arena(threads);
    return parallel_reduce(
        arena, cancel, values.size(), grain, 0.0,
        [&](std::uint64_t first, std::uint64_t last) {
          double part = 0;
          for (std::uint64_t i = first; i < last; ++i) {
            part += values[i];
          }
          return part;
        },
        [](double a, double b) { return a + b; });
  };
  const auto expected = std::bit_cast<std::uint64_t>(sum(1));
  for (const int threads : {2, 3, 8}) {
    RC_ASSERT(std::bit_cast<std::uint64_t>(sum(threads)) == expected);
  }
}

}  // namespace
}  // namespace basalt
