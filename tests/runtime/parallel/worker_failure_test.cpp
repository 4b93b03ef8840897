// Every way in which a worker can go wrong costs one attempt at one task, and tells why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "basalt/process_pool.h"
#include "pool_harness.h"
#include "runtime/metrics/metrics.h"

namespace basalt {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using WorkerFailureTest = PoolTest;

TEST_F(WorkerFailureTest, TellsHowAWorkerDied) {
  TaskResult result = run("crash");
  EXPECT_EQ(result.end, TaskEnd::crashed);
  EXPECT_THAT(result.reason, HasSubstr("signal 11 (Segmentation fault)"));
  EXPECT_THAT(result.reason, HasSubstr("about to go wrong")) << "its last words";
  EXPECT_EQ(result.attempts, 1);
  result = run("abort");
  EXPECT_EQ(result.end, TaskEnd::crashed);
  EXPECT_THAT(result.reason, StartsWith("killed by signal 6"));
  result = run("exit 3");
  EXPECT_EQ(result.end, TaskEnd::crashed);
  EXPECT_EQ(result.reason, "exited with status 3");
  result = run("exit 0");
  EXPECT_EQ(result.end, TaskEnd::crashed);
  EXPECT_EQ(result.reason, "exited with status 0");
}

TEST_F(WorkerFailureTest, KillsWhatTakesTooLong) {
  Task task = make_task(1, "hang");
  task.timeout_seconds = 0.05;
  task.retries = 1;
  const TaskResult result = run(task);
  EXPECT_EQ(result.end, TaskEnd::timed_out);
  EXPECT_EQ(result.reason, "took longer than 0.05 s");
  EXPECT_EQ(result.attempts, 2);
  EXPECT_GE(result.seconds, 0.05);
}

TEST_F(WorkerFailureTest, TheTimeoutIsOfEachAttemptAndNotOfTheWaiting) {
  ProcessPool pool(test_settings(1));
  pool.submit(make_task(1, "sleep 300"));
  Task task = make_task(2, "echo");
  task.timeout_seconds = 0.25;
  pool.submit(task);
  EXPECT_EQ(take(pool).id, 1U);
  const TaskResult second = take(pool);
  EXPECT_TRUE(second.end == TaskEnd::done || second.seconds >= 0.25) << "its own time, not that of the first";
}

TEST_F(WorkerFailureTest, TriesAgainAfterACrash) {
  const ScratchFile mark;
  Task task = make_task(1, "crash_once " + mark.path());
  task.retries = 1;
  const TaskResult result = run(task);
  EXPECT_EQ(result.end, TaskEnd::done);
  EXPECT_EQ(result.reply, "survived");
  EXPECT_EQ(result.attempts, 2);
}

TEST_F(WorkerFailureTest, TriesOnlyAsOftenAsAsked) {
  Task task = make_task(1, "crash");
  task.retries = 3;
  const TaskResult result = run(task);
  EXPECT_EQ(result.end, TaskEnd::crashed);
  EXPECT_EQ(result.attempts, 4);
}

TEST_F(WorkerFailureTest, BadMessagesBreakOnlyTheirWorker) {
  PoolSettings settings = test_settings(1);
  settings.reply_limit_bytes = 1'000'000;
  ProcessPool pool(std::move(settings));
  const std::vector<std::string> requests{"garbage 1",    "garbage 48",   "garbage 1000", "garbage 60000",
                                          "close_socket", "long 1000001", "large 2000000"};
  for (std::uint64_t id = 0; id < requests.size(); ++id) {
    pool.submit(make_task(id, requests[id]));
    pool.submit(make_task(id + 100, "long 1000000"));
    EXPECT_EQ(take(pool).end, TaskEnd::crashed) << requests[id];
    const TaskResult after = take(pool);
    EXPECT_EQ(after.end, TaskEnd::done) << after.reason;
    EXPECT_EQ(after.reply.size(), 1'000'000U);
  }
}

TEST_F(WorkerFailureTest, AllocationBeyondTheLimitFailsInTheWorker) {
  if (kSanitized) {
    GTEST_SKIP() << "the sanitizer's allocator aborts where the system's throws";
  }
  PoolSettings settings = test_settings(1);
  settings.memory_limit_bytes = std::uint64_t{64} << 20;
  ProcessPool pool(std::move(settings));
  pool.submit(make_task(1, "allocate 500000000"));
  TaskResult result = take(pool);
  EXPECT_EQ(result.end, TaskEnd::out_of_memory);
  EXPECT_EQ(result.reason, "memory ran out");
  const pid_t pid = pool.workers().front().pid;
  pool.submit(make_task(2, "allocate 10000000"));
  result = take(pool);
  EXPECT_EQ(result.end, TaskEnd::done) << result.reason;
  EXPECT_EQ(pool.workers().front().pid, pid) << "nothing was lost: the same worker goes on";
}

TEST_F(WorkerFailureTest, AWorkerThatGrewTooLargeIsReplaced) {
  if (kSanitized) {
    GTEST_SKIP() << "the sanitizer's own memory counts as the worker's";
  }
  PoolSettings settings = test_settings(1);
  settings.memory_limit_bytes = std::uint64_t{64} << 20;
  ProcessPool pool(std::move(settings));
  Task task = make_task(1, "leak_shared 100000000");
  task.retries = 1;
  pool.submit(task);
  const TaskResult result = take(pool);
  EXPECT_EQ(result.end, TaskEnd::out_of_memory);
  EXPECT_THAT(result.reason, HasSubstr("above its limit of 64.0 MiB"));
  EXPECT_EQ(result.attempts, 2);
  // Leaks that add up over tasks end in a failed allocation or a replaced worker, and no task but those sees it.
  int done = 0;
  for (std::uint64_t id = 0; id < 20; ++id) {
    task = make_task(id, "leak 20000000");
    task.retries = 3;
    pool.submit(task);
    done += take(pool).end == TaskEnd::done ? 1 : 0;
  }
  EXPECT_GT(done, 0);
  pool.submit(make_task(1, "echo"));
  EXPECT_EQ(take(pool).end, TaskEnd::done);
}

TEST_F(WorkerFailureTest, AnIdleWorkerThatDiesCostsNothing) {
  ProcessPool pool(test_settings(1));
  for (std::uint64_t id = 0; id < 5; ++id) {
    pool.submit(make_task(id, "echo"));
    const TaskResult result = take(pool);
    EXPECT_EQ(result.end, TaskEnd::done);
    EXPECT_EQ(result.attempts, 1);
    const pid_t pid = pool.workers().front().pid;
    ASSERT_GT(pid, 0);
    kill(pid, SIGKILL);
    await([&] { return pool.workers().front().pid == 0; });
  }
}

struct Start {
  std::vector<std::string> command;
  std::string reason;
  double timeout_seconds = 60;
};

class WorkerStartTest : public PoolTest, public testing::WithParamInterface<Start> {};

TEST_P(WorkerStartTest, GivesUpWhereNoWorkerCanStart) {
  PoolSettings settings = test_settings(2);
  settings.command = GetParam().command;
  settings.start_timeout_seconds = GetParam().timeout_seconds;
  settings.start_failures_max = 3;
  ProcessPool pool(std::move(settings));
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t id = 0; id < 4; ++id) {
      pool.submit(make_task(id, "echo"));
    }
    const auto results = take_all(pool);
    EXPECT_EQ(results.size(), 4U);
    for (const auto& [id, result] : results) {
      EXPECT_EQ(result.end, TaskEnd::failed);
      EXPECT_EQ(result.attempts, 0);
      EXPECT_THAT(result.reason, HasSubstr("no worker could be started"));
      EXPECT_THAT(result.reason, HasSubstr(GetParam().reason));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, WorkerStartTest,
                         testing::Values(Start{{"/nowhere/at/all"}, "No such file"},
                                         Start{{"/etc/passwd"}, "Permission denied"},
                                         Start{{BASALT_POOL_WORKER, "exit"}, "exited with status 7"},
                                         Start{{BASALT_POOL_WORKER, "exit"}, "no reason to live"},
                                         Start{{BASALT_POOL_WORKER, "mute"}, "did not greet within 0.05 s", 0.05},
                                         Start{{BASALT_POOL_WORKER, "greet_wrongly"}, "broke the protocol"}),
                         [](const auto& way) { return std::to_string(way.index); });

TEST_F(WorkerFailureTest, GivesUpWhereAFreshWorkerIsTooLarge) {
  if (kSanitized) {
    GTEST_SKIP() << "the sanitizer's allocator aborts where the system's throws";
  }
  PoolSettings settings = test_settings(1);
  settings.memory_limit_bytes = 1;
  const TaskResult result = run(make_task(1, "echo"), settings);
  EXPECT_EQ(result.end, TaskEnd::failed);
  EXPECT_THAT(result.reason, HasSubstr("above its limit of 1 B"));
}

TEST_F(WorkerFailureTest, CountsWhatHappened) {
  const auto read = metrics::value_of;
  using metrics::Metric;
  const double tasks = read(Metric::tasks);
  const double retries = read(Metric::task_retries);
  const double crashes = read(Metric::task_crashes);
  const double restarts = read(Metric::worker_restarts);
  const double workers = read(Metric::workers);
  {
    ProcessPool pool(test_settings(1));
    Task task = make_task(1, "crash");
    task.retries = 2;
    pool.submit(task);
    take(pool);
    pool.submit(make_task(2, "echo"));
    take(pool);
    EXPECT_EQ(read(Metric::workers), workers + 1);
  }
  EXPECT_EQ(read(Metric::tasks), tasks + 2);
  EXPECT_EQ(read(Metric::task_retries), retries + 2);
  EXPECT_EQ(read(Metric::task_crashes), crashes + 3);
  EXPECT_EQ(read(Metric::worker_restarts), restarts + 3);
  EXPECT_EQ(read(Metric::workers), workers);
}

}  // namespace
}  // namespace basalt
