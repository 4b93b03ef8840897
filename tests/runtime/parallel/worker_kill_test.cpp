// Workers are killed at random while they work, and their parent is: nothing is lost, repeated or left behind.
#include <gtest/gtest.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "pool_harness.h"

namespace basalt {
namespace {

using WorkerKillTest = PoolTest;

TEST_F(WorkerKillTest, KillingRandomWorkersLosesAndRepeatsNothing) {
  constexpr std::uint64_t kTasks = 500;
  constexpr int kMaxKills = 100;  // so that it ends where workers start slowly, under sanitizers
  const ScratchFile notes;
  PoolSettings settings = test_settings(4);
  settings.start_failures_max = 2 * kMaxKills;  // some die before they greet
  ProcessPool pool(std::move(settings));
  for (std::uint64_t id = 0; id < kTasks; ++id) {
    Task task = make_task(id, "note " + notes.path() + " 2 " + std::to_string(id));
    task.retries = 1000;
    pool.submit(std::move(task));
  }
  std::atomic<bool> stop{false};
  int kills = 0;
  std::thread killer([&] {
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same kills every time
    while (!stop && kills < kMaxKills) {
      const auto workers = pool.workers();
      if (!workers.empty()) {
        const WorkerInfo& victim = workers[random() % workers.size()];
        if (victim.pid > 0 && kill(victim.pid, SIGKILL) == 0) {
          ++kills;
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const auto results = take_all(pool);  // fails if any id comes twice
  stop = true;
  killer.join();

  ASSERT_EQ(results.size(), kTasks);
  int attempts = 0;
  for (const auto& [id, result] : results) {
    EXPECT_EQ(result.end, TaskEnd::done) << result.reason;
    EXPECT_EQ(result.reply, std::to_string(id));
    attempts += result.attempts;
  }
  std::map<std::string, int> runs;
  std::ifstream file(notes.path());
  for (std::string line; std::getline(file, line);) {
    ++runs[line];
  }
  EXPECT_EQ(runs.size(), kTasks);
  for (const auto& [id, count] : runs) {
    EXPECT_LE(count, results.at(std::stoull(id)).attempts) << "task " << id << " ran more often than was said";
  }
  EXPECT_GT(kills, 0);
  EXPECT_LE(attempts, static_cast<int>(kTasks) + kills) << "a kill costs one attempt at most";
}

/// "R", "S", "Z" and so on as in /proc; empty if there is no such process.
std::string state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const std::size_t end = line.rfind(')');
  return end == std::string::npos ? "" : line.substr(end + 2, 1);
}

TEST_F(WorkerKillTest, WorkersDieWithTheirParent) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
  std::string program = BASALT_POOL_WORKER;
  std::string mode = "parent";
  std::array<char*, 3> arguments{program.data(), mode.data(), nullptr};
  pid_t parent = 0;
  ASSERT_EQ(posix_spawn(&parent, program.c_str(), &files, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&files);
  close(ends[1]);
  std::string text;  // the pids of its busy workers, in one line
  for (char c = 0; read(ends[0], &c, 1) == 1 && c != '\n';) {
    text += c;
  }
  close(ends[0]);
  std::istringstream words(text);
  std::vector<pid_t> workers;
  for (pid_t pid = 0; words >> pid;) {
    workers.push_back(pid);
  }
  ASSERT_EQ(workers.size(), 2U);
  for (const pid_t worker : workers) {
    EXPECT_NE(state_of(worker), "");
  }
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  // They may stay as zombies where nobody looks after orphans, as in containers without an init.
  await([&] {
    return std::ranges::all_of(workers, [](pid_t pid) { return state_of(pid).empty() || state_of(pid) == "Z"; });
  });
}

}  // namespace
}  // namespace basalt
