// Who goes first where callers wait for one arena: priority, then arrival, and nobody is passed over for ever.
#include "runtime/parallel/turns.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace basalt {
namespace {

/// Callers that arrive one after another while the turn is taken, and note when it is theirs.
class Queue {
 public:
  Queue() { turns_.take(0); }

  void arrive(char name, int priority) {
    const std::size_t before = turns_.waiting();
    callers_.emplace_back([this, name, priority] {
      const Turn turn(turns_, priority);
      order_ += name;  // guarded by the turn: the thread sanitizer sees if two have it
    });
    while (turns_.waiting() == before) {
      std::this_thread::yield();
    }
  }

  std::string run() {
    turns_.give();
    for (std::thread& caller : callers_) {
      caller.join();
    }
    return order_;
  }

 private:
  Turns turns_;
  std::vector<std::thread> callers_;
  std::string order_;
};

TEST(Turns, EqualsGoInOrderOfArrival) {
  Queue queue;
  for (const char name : {'a', 'b', 'c', 'd'}) {
    queue.arrive(name, 3);
  }
  EXPECT_EQ(queue.run(), "abcd");
}

TEST(Turns, TheHigherPriorityGoesFirst) {
  Queue queue;
  queue.arrive('a', 0);
  queue.arrive('b', 2);
  queue.arrive('c', -1);
  queue.arrive('d', 2);
  queue.arrive('e', 5);
  EXPECT_EQ(queue.run(), "ebdac");
}

TEST(Turns, WhoWasPassedOverCatchesUp) {
  constexpr int kHigher = 10;
  Turns turns;
  turns.take(0);
  std::thread low([&] { const Turn turn(turns, 0); });
  while (turns.waiting() != 1) {
    std::this_thread::yield();
  }
  // Each caller arrives before the one ahead of it is done: without ageing `low` would never get its turn.
  int passed_over = 0;
  bool low_done = false;
  while (!low_done) {
    std::thread high([&] { turns.take(kHigher); });
    while (turns.waiting() != 2) {
      std::this_thread::yield();
    }
    turns.give();
    high.join();  // has the turn now
    low_done = turns.waiting() == 0;
    if (!low_done) {
      ++passed_over;
    }
    ASSERT_LE(passed_over, 2 * kHigher);
  }
  turns.give();
  low.join();
  EXPECT_EQ(passed_over, kHigher);
}

}  // namespace
}  // namespace basalt
