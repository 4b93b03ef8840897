// One worker's place in a pool: starts a process, gives it one task at a time, notices how each attempt ends, and
// replaces a process that broke after a pause. Knows time only as it is told, and never waits.
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "basalt/process_pool.h"
#include "runtime/parallel/message.h"
#include "runtime/parallel/task_queue.h"
#include "runtime/parallel/worker_process.h"

namespace basalt {

using PoolClock = std::chrono::steady_clock;

/// How one attempt at a task ended.
struct Attempt {
  QueuedTask task;
  TaskResult result;
};

/// Workers of all slots of a pool that broke before they had any task, since one last was given a task.
struct StartRecord {
  int failures = 0;
  std::string reason;
};

class WorkerSlot {
 public:
  /// All of them outlive the slot, which starts its process at once.
  WorkerSlot(const PoolSettings& settings, const LaunchPlan& plan, StartRecord& starts, PoolClock::time_point now);

  [[nodiscard]] WorkerState state() const noexcept { return state_; }
  /// Left for good: the slot can be destroyed without waiting.
  [[nodiscard]] bool gone() const noexcept { return retiring_ && !process_; }
  [[nodiscard]] bool retiring() const noexcept { return retiring_; }
  /// Broken, and the pause is over.
  [[nodiscard]] bool may_restart(PoolClock::time_point now) const noexcept {
    return state_ == WorkerState::backing_off && now >= deadline_;
  }
  void restart(PoolClock::time_point now);

  /// Gives an idle worker a task and takes it over. False, with the task as it was, if the worker proves to be gone.
  /// Throws Error(out_of_resources) where there is no shared memory for it; task and worker are then as before.
  bool begin(QueuedTask& task, PoolClock::time_point now);
  /// The id of the task that it was given, until that attempt has ended.
  [[nodiscard]] std::optional<std::uint64_t> running() const noexcept {
    return task_ ? std::optional(task_->task.id) : std::nullopt;
  }
  /// Asks the running task to end; kills the worker if it does not within the grace.
  void cancel(PoolClock::time_point now);
  /// Lets the worker go; a task that it has is dropped. Kills it if it does not leave within the grace.
  void retire(PoolClock::time_point now);

  /// Does what time and, if it was stirred, the worker's messages call for; returns an attempt that ended.
  std::optional<Attempt> advance(PoolClock::time_point now);
  /// Something came from the worker: the next `advance` is to look at it.
  void stir() noexcept { stirred_ = true; }
  /// When `advance` must be called next even if nothing comes.
  [[nodiscard]] PoolClock::time_point next_look() const;
  /// What to poll, to know when to `stir`.
  [[nodiscard]] std::vector<pollfd> descriptors() const;
  [[nodiscard]] WorkerInfo info() const;

 private:
  void start(PoolClock::time_point now);
  /// Ends the process by force; `end` is what becomes of its task, `why` tells people.
  void break_off(TaskEnd end, std::string why);
  void await_end(PoolClock::time_point deadline);
  void back_off(PoolClock::time_point now);
  std::optional<Attempt> listen(PoolClock::time_point now);
  std::optional<Attempt> accept(Message message, PoolClock::time_point now);
  void check_limits(PoolClock::time_point now);
  std::optional<Attempt> bury(PoolClock::time_point now);
  Attempt end_attempt(TaskEnd end, PoolClock::time_point now);

  const PoolSettings& settings_;
  const LaunchPlan& plan_;
  StartRecord& starts_;

  WorkerState state_ = WorkerState::starting;
  std::unique_ptr<WorkerProcess> process_;
  std::uint64_t tasks_done_ = 0;
  int breaks_in_a_row_ = 0;
  bool retiring_ = false;
  bool stirred_ = false;
  /// When the worker must have greeted, have left, or may be replaced, as the state says.
  PoolClock::time_point deadline_ = PoolClock::time_point::max();
  /// When to see what became of a killed process, or how much memory a living one holds.
  PoolClock::time_point look_ = PoolClock::time_point::max();

  std::optional<QueuedTask> task_;
  PoolClock::time_point begun_;
  PoolClock::time_point task_deadline_ = PoolClock::time_point::max();
  PoolClock::time_point cancel_deadline_ = PoolClock::time_point::max();

  struct Verdict {
    TaskEnd end = TaskEnd::crashed;
    std::string why;
  };
  std::optional<Verdict> verdict_;  ///< Why the process was killed, if it was.
};

}  // namespace basalt
