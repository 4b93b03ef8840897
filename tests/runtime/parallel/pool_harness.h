// What the tests of the process pool share: pools of the test's own worker program, and a look at what they leave.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "basalt/process_pool.h"

namespace basalt {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;  // the sanitizers' own memory is counted with the worker's
#else
inline constexpr bool kSanitized = false;
#endif

inline PoolSettings test_settings(int workers) {
  PoolSettings settings;
  settings.command = {BASALT_POOL_WORKER};
  settings.workers = workers;
  settings.backoff_seconds = 0.001;
  settings.backoff_max_seconds = 0.01;
  settings.cancel_grace_seconds = 30;
  return settings;
}

inline Task make_task(std::uint64_t id, std::string request) {
  Task task;
  task.id = id;
  task.request = std::move(request);
  return task;
}

inline std::vector<int> open_descriptors() {
  std::vector<int> result;
  for (int fd = 0; fd < 1024; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) {
      result.push_back(fd);
    }
  }
  return result;
}

/// Waits, without a limit of its own, for what must become true.
inline void await(const std::function<bool()>& condition) {
  while (!condition()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// Checks that no process and no descriptor is left behind by whatever a test did.
class PoolTest : public testing::Test {
 protected:
  void TearDown() override {
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child is left, running or dead";
    EXPECT_EQ(open_descriptors(), before_) << "a descriptor is left open";
  }

  TaskResult take(ProcessPool& pool) const {
    std::optional<TaskResult> result = pool.next(never_);
    if (!result) {
      throw std::logic_error("no result is outstanding");
    }
    return std::move(*result);
  }

  /// Runs one task in a pool of one worker.
  TaskResult run(const Task& task, PoolSettings settings = test_settings(1)) const {
    ProcessPool pool(std::move(settings));
    pool.submit(task);
    return take(pool);
  }
  TaskResult run(const std::string& request) const { return run(make_task(1, request)); }

  std::map<std::uint64_t, TaskResult> take_all(ProcessPool& pool) const {
    std::map<std::uint64_t, TaskResult> results;
    while (std::optional<TaskResult> result = pool.next(never_)) {
      const std::uint64_t id = result->id;
      EXPECT_TRUE(results.emplace(id, std::move(*result)).second) << "task " << id << " gave two results";
    }
    return results;
  }

  const CancelToken never_;

 private:
  std::vector<int> before_ = open_descriptors();
};

/// A path in a folder of its own, which goes with this object.
class ScratchFile {
 public:
  ScratchFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "basalt-pool-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~ScratchFile() { std::filesystem::remove_all(folder_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  [[nodiscard]] std::string path() const { return (folder_ / "file").string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace basalt
