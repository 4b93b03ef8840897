// The pool where all goes well: replies, order, priorities, long and shared results, cancel, resize.
#include "basalt/process_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "pool_harness.h"

namespace basalt {
namespace {

using testing::HasSubstr;

using ProcessPoolTest = PoolTest;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

TEST_F(ProcessPoolTest, AnswersEveryTaskOnce) {
  ProcessPool pool(test_settings(3));
  EXPECT_FALSE(pool.next(never_).has_value());
  for (std::uint64_t id = 0; id < 200; ++id) {
    pool.submit(make_task(id, "echo " + std::to_string(id * id)));
  }
  EXPECT_EQ(pool.outstanding(), 200U);
  const auto results = take_all(pool);
  ASSERT_EQ(results.size(), 200U);
  for (const auto& [id, result] : results) {
    EXPECT_EQ(result.end, TaskEnd::done);
    EXPECT_EQ(result.reply, std::to_string(id * id));
    EXPECT_EQ(result.attempts, 1);
    EXPECT_EQ(result.reason, "");
    EXPECT_TRUE(result.large.empty());
  }
  EXPECT_EQ(pool.outstanding(), 0U);
  EXPECT_LE(pool.workers().size(), 3U);
}

TEST_F(ProcessPoolTest, StartsNoWorkerThatNobodyNeeds) {
  ProcessPool pool(test_settings(8));
  EXPECT_TRUE(pool.workers().empty());
  for (std::uint64_t id = 0; id < 5; ++id) {
    pool.submit(make_task(id, "echo"));
    take(pool);
  }
  EXPECT_EQ(pool.workers().size(), 1U);
}

TEST_F(ProcessPoolTest, GivesResultsInOrderOfSubmission) {
  ProcessPool pool(test_settings(3));
  std::vector<std::uint64_t> submitted;
  for (std::uint64_t id = 60; id > 0; --id) {
    pool.submit(make_task(id, "sleep " + std::to_string(id % 3 == 0 ? 3 : 0)));
    submitted.push_back(id);
  }
  std::vector<std::uint64_t> taken;
  while (const auto result = pool.next_in_order(never_)) {
    taken.push_back(result->id);
  }
  EXPECT_EQ(taken, submitted);
}

TEST_F(ProcessPoolTest, TheHigherPriorityGoesFirst) {
  const ScratchFile notes;
  ProcessPool pool(test_settings(0));
  const std::vector<int> priorities{0, 2, -1, 2, 5};
  for (std::uint64_t id = 0; id < priorities.size(); ++id) {
    Task task = make_task(id, "note " + notes.path() + " 0 " + std::to_string(id));
    task.priority = priorities[id];
    pool.submit(std::move(task));
  }
  pool.resize(1);
  take_all(pool);
  EXPECT_EQ(lines_of(notes.path()), (std::vector<std::string>{"4", "1", "3", "0", "2"}));
}

TEST_F(ProcessPoolTest, CarriesTextOfAnyLength) {
  ProcessPool pool(test_settings(1));
  for (const std::size_t length : {0U, 1U, 32760U, 32768U, 32769U, 1000000U, 30000000U}) {
    std::string text(length, 'a');
    for (std::size_t i = 0; i < length; ++i) {
      text[i] = static_cast<char>(i * 7 + i / 256);
    }
    pool.submit(make_task(1, "echo " + text));
    const TaskResult result = take(pool);
    EXPECT_EQ(result.end, TaskEnd::done) << result.reason;
    EXPECT_EQ(result.reply.size(), length);
    EXPECT_TRUE(result.reply == text);
  }
}

TEST_F(ProcessPoolTest, SharesLargeResultsWithoutCopying) {
  constexpr std::uint64_t kBytes = 40'000'000;
  TaskResult result = run("large " + std::to_string(kBytes));
  EXPECT_EQ(result.reply, "shared");
  ASSERT_EQ(result.large.size_bytes(), kBytes);
  EXPECT_TRUE(result.large.sealed());
  EXPECT_TRUE(std::ranges::all_of(result.large.text(), [](char c) { return c == 'L'; }));
  EXPECT_TRUE(result.large.writable_bytes().empty());
}

TEST_F(ProcessPoolTest, TellsWhyAWorkerRefused) {
  TaskResult result = run("refuse");
  EXPECT_EQ(result.end, TaskEnd::failed);
  EXPECT_EQ(result.reason, "will not");
  result = run("throw");
  EXPECT_EQ(result.end, TaskEnd::failed);
  EXPECT_EQ(result.reason, "the input is wrong");
  Task task = make_task(1, "throw");
  task.retries = 5;
  EXPECT_EQ(run(task).attempts, 1) << "what failed once by its own word fails again";
}

TEST_F(ProcessPoolTest, GivesWorkersTheirEnvironmentAndNothingElse) {
  PoolSettings settings = test_settings(1);
  settings.environment = {{"POOL_TEST", "some value"}};
  EXPECT_EQ(run(make_task(1, "environment"), settings).reply, "some value");
  // Standard streams and the socket, whatever this process has open: even what was opened without close-on-exec.
  const int stray = open("/dev/null", O_RDONLY);
  EXPECT_EQ(run("descriptors").reply, "4");
  close(stray);
}

TEST_F(ProcessPoolTest, AWorkerMayTalkWithoutEnd) {
  EXPECT_EQ(run("chatter 20000").end, TaskEnd::done);
}

TEST_F(ProcessPoolTest, CancelsWhatWaitsAndWhatRuns) {
  ProcessPool pool(test_settings(1));
  pool.submit(make_task(1, "until_cancelled"));
  pool.submit(make_task(2, "echo"));
  pool.submit(make_task(3, "echo three"));
  await([&] { return std::ranges::any_of(pool.workers(), [](const WorkerInfo& w) { return w.task == 1; }); });
  pool.cancel(2);
  TaskResult result = take(pool);
  EXPECT_EQ(result.id, 2U);
  EXPECT_EQ(result.end, TaskEnd::cancelled);
  EXPECT_EQ(result.attempts, 0);
  const pid_t before = pool.workers().front().pid;
  pool.cancel(1);
  pool.cancel(1);
  pool.cancel(77);
  result = take(pool);
  EXPECT_EQ(result.id, 1U);
  EXPECT_EQ(result.end, TaskEnd::cancelled);
  result = take(pool);
  EXPECT_EQ(result.reply, "three") << "a cancel is of one task only";
  EXPECT_EQ(pool.workers().front().pid, before) << "the worker ended its task by itself";
}

TEST_F(ProcessPoolTest, KillsWhatDoesNotHearACancel) {
  PoolSettings settings = test_settings(2);
  settings.cancel_grace_seconds = 0.01;
  ProcessPool pool(std::move(settings));
  for (std::uint64_t id = 0; id < 6; ++id) {
    Task task = make_task(id, "hang");
    task.retries = 3;
    pool.submit(std::move(task));
  }
  await([&] {
    return std::ranges::any_of(pool.workers(), [](const WorkerInfo& w) { return w.state == WorkerState::busy; });
  });
  pool.cancel_all();
  const auto results = take_all(pool);
  EXPECT_EQ(results.size(), 6U);
  for (const auto& [id, result] : results) {
    EXPECT_EQ(result.end, TaskEnd::cancelled) << result.reason;
  }
}

TEST_F(ProcessPoolTest, WaitingForResultsCanBeCancelled) {
  ProcessPool pool(test_settings(1));
  pool.submit(make_task(1, "until_cancelled"));
  CancelToken cancel;
  cancel.request();
  try {
    pool.next(cancel);
    ADD_FAILURE() << "no cancel";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
  EXPECT_EQ(pool.outstanding(), 1U) << "the task itself goes on";
}

TEST_F(ProcessPoolTest, GrowsAndShrinks) {
  ProcessPool pool(test_settings(1));
  for (std::uint64_t id = 0; id < 4; ++id) {
    pool.submit(make_task(id, "until_cancelled"));
  }
  const auto busy = [&] {
    return std::ranges::count_if(pool.workers(), [](const WorkerInfo& w) { return w.state == WorkerState::busy; });
  };
  await([&] { return busy() == 1; });
  pool.resize(4);
  await([&] { return busy() == 4; });
  pool.resize(2);  // two leave once their tasks have ended, not before
  pool.cancel(0);
  pool.cancel(1);
  pool.cancel(2);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(take(pool).end, TaskEnd::cancelled);
  }
  await([&] { return pool.workers().size() <= 2; });
  EXPECT_EQ(busy(), 1);
  pool.resize(0);
  pool.submit(make_task(9, "echo"));
  pool.cancel(3);
  EXPECT_EQ(take(pool).id, 3U);
  await([&] { return pool.workers().empty(); });
  EXPECT_EQ(pool.outstanding(), 1U) << "waits for better times";
  pool.resize(1);
  EXPECT_EQ(take(pool).id, 9U);
}

TEST_F(ProcessPoolTest, GoesAwayInTheMiddleOfEverything) {
  for (int round = 0; round < 5; ++round) {
    PoolSettings settings = test_settings(3);
    settings.shutdown_grace_seconds = 0.01;
    ProcessPool pool(std::move(settings));
    for (std::uint64_t id = 0; id < 20; ++id) {
      pool.submit(make_task(id, id % 4 == 1 ? "hang" : id % 4 == 2 ? "crash" : "echo"));
    }
    for (int i = 0; i < round; ++i) {
      take(pool);
    }
  }
}

TEST_F(ProcessPoolTest, RefusesWhatMakesNoSense) {
  PoolSettings settings = test_settings(-1);
  EXPECT_THROW(ProcessPool{settings}, Error);
  settings = test_settings(1);
  settings.command = {};
  EXPECT_THROW(ProcessPool{settings}, Error);
  settings = test_settings(1);
  settings.environment = {{"A=B", "c"}};
  EXPECT_THROW(ProcessPool{settings}, Error);
  settings = test_settings(1);
  settings.backoff_seconds = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(ProcessPool{settings}, Error);

  ProcessPool pool(test_settings(0));
  EXPECT_THROW(pool.resize(-1), Error);
  pool.submit(make_task(1, "echo"));
  try {
    pool.submit(make_task(1, "echo"));
    ADD_FAILURE() << "two tasks of one id";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_usage);
    EXPECT_THAT(error.message(), HasSubstr("task 1"));
  }
  Task task = make_task(2, "echo");
  task.timeout_seconds = -1;
  EXPECT_THROW(pool.submit(task), Error);
  pool.resize(1);
  EXPECT_EQ(take(pool).id, 1U);
  pool.submit(make_task(1, "echo"));  // free again, once taken
  EXPECT_EQ(take(pool).id, 1U);
}

}  // namespace
}  // namespace basalt
