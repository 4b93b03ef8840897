// Jobs on threads of this process: nothing to start and nothing to send, and nothing between a job that crashes and the
// batch.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/batch/job_worker.h"
#include "engine/batch/task_runner.h"

namespace basalt {

/// Timeouts and cancels ask the job to stop, which it does between the stages of its plan.
class ThreadRunner final : public TaskRunner {
 public:
  explicit ThreadRunner(int workers);
  ~ThreadRunner() override;

  void submit(Task task) override;
  std::optional<TaskResult> next(const CancelToken& cancel) override;
  void cancel_all() override;

 private:
  using Clock = std::chrono::steady_clock;

  /// What a thread works at. A token that was requested stays so: every attempt has a fresh one.
  struct Running {
    std::optional<CancelToken> stop;
    Clock::time_point deadline = Clock::time_point::max();
    bool cancelled = false;
  };

  void work();
  TaskResult run(const Task& task, Running& running);
  bool begin_attempt(const Task& task, Running& running);
  void attempt(const Task& task, const CancelToken& stop, TaskResult& result);
  void stop_overdue();

  JobWorker worker_;
  std::mutex mutex_;
  std::condition_variable submitted_;
  std::condition_variable ended_;
  std::multimap<int, Task, std::greater<>> waiting_;  ///< By priority; equals in the order of submission.
  std::deque<TaskResult> results_;
  std::vector<Running*> running_;
  std::uint64_t outstanding_ = 0;
  bool closing_ = false;
  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace basalt
