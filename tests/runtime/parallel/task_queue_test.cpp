// The order of waiting tasks and of results, against slow, obvious bookkeeping; and how long broken workers wait.
#include "runtime/parallel/task_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "runtime/parallel/backoff.h"
#include "runtime/parallel/result_shelf.h"

namespace basalt {
namespace {

QueuedTask queued(std::uint64_t id, int priority) {
  QueuedTask task;
  task.task.id = id;
  task.task.priority = priority;
  task.sequence = id;
  return task;
}

RC_GTEST_PROP(TaskQueue, PopsByPriorityThenByAge, ()) {
  TaskQueue queue;
  std::vector<std::pair<std::int64_t, std::uint64_t>> model;  // negated priority, id
  std::uint64_t next_id = 0;
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10));
  for (const int step : steps) {
    if (step < 6) {
      const int priority =
          *rc::gen::element(0, 0, 1, -1, std::numeric_limits<int>::min(), std::numeric_limits<int>::max());
      queue.push(queued(next_id, priority));
      model.emplace_back(-static_cast<std::int64_t>(priority), next_id);
      std::ranges::sort(model);
      ++next_id;
    } else if (step < 8) {
      const std::uint64_t id = *rc::gen::inRange<std::uint64_t>(0, next_id + 2);
      const auto erased = std::erase_if(model, [&](const auto& entry) { return entry.second == id; });
      const std::optional<QueuedTask> removed = queue.remove(id);
      RC_ASSERT(removed.has_value() == (erased == 1));
      RC_ASSERT((!removed || removed->task.id == id));
    } else if (!model.empty()) {
      RC_ASSERT(queue.pop().task.id == model.front().second);
      model.erase(model.begin());
    }
    RC_ASSERT(queue.size() == model.size());
    RC_ASSERT(queue.empty() == model.empty());
  }
}

TEST(TaskQueue, ATaskThatIsTriedAgainKeepsItsPlace) {
  TaskQueue queue;
  queue.push(queued(0, 0));
  queue.push(queued(1, 0));
  const QueuedTask first = queue.pop();
  queue.push(first);
  EXPECT_EQ(queue.pop().task.id, 0U);
}

TaskResult result_of(std::uint64_t id) {
  TaskResult result;
  result.id = id;
  return result;
}

RC_GTEST_PROP(ResultShelf, GivesEveryResultOnceInEitherOrder, ()) {
  ResultShelf shelf;
  std::vector<std::uint64_t> running;    // ids, all distinct
  std::vector<std::uint64_t> submitted;  // not taken
  std::vector<std::uint64_t> ended;      // not taken
  std::vector<std::uint64_t> sequence_of(64);
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
  for (const int step : steps) {
    if (step == 0) {
      const std::uint64_t id = *rc::gen::inRange<std::uint64_t>(0, 64);
      const std::optional<std::uint64_t> sequence = shelf.reserve(id);
      RC_ASSERT(sequence.has_value() == (std::ranges::count(submitted, id) == 0));
      if (sequence) {
        sequence_of[id] = *sequence;
        submitted.push_back(id);
        running.push_back(id);
      }
    } else if (step == 1 && !running.empty()) {
      const auto which = running.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(running));
      shelf.put(sequence_of[*which], result_of(*which));
      ended.push_back(*which);
      running.erase(which);
    } else if (step == 2) {
      const std::optional<TaskResult> result = shelf.take_first();
      RC_ASSERT(result.has_value() == !ended.empty());
      RC_ASSERT((!result || result->id == ended.front()));
      if (result) {
        std::erase(submitted, result->id);
        ended.erase(ended.begin());
      }
    } else if (step == 3) {
      const std::optional<TaskResult> result = shelf.take_in_order();
      RC_ASSERT(result.has_value() == (!submitted.empty() && std::ranges::count(ended, submitted.front()) == 1));
      RC_ASSERT((!result || result->id == submitted.front()));
      if (result) {
        submitted.erase(submitted.begin());
        std::erase(ended, result->id);
      }
    }
    RC_ASSERT(shelf.outstanding() == submitted.size());
  }
}

TEST(Backoff, DoublesUpToItsBound) {
  EXPECT_EQ(backoff_seconds(1, 0.5, 3), 0.5);
  EXPECT_EQ(backoff_seconds(2, 0.5, 3), 1);
  EXPECT_EQ(backoff_seconds(3, 0.5, 3), 2);
  EXPECT_EQ(backoff_seconds(4, 0.5, 3), 3);
  EXPECT_EQ(backoff_seconds(std::numeric_limits<int>::max(), 0.5, 3), 3);
  EXPECT_EQ(backoff_seconds(100, 0, 3), 0);
}

}  // namespace
}  // namespace basalt
