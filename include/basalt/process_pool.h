// Runs tasks in worker processes, so that one that crashes, hangs or eats memory costs one attempt and nothing else.
// A task is text in, text out (and optionally a block of shared memory); what it means is the worker's affair
// (basalt/worker.h).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/shared_block.h"

namespace basalt {

struct PoolSettings {
  /// Program and arguments of a worker; by default this very binary. It must call `serve_worker(worker_fd(), ...)`.
  std::vector<std::string> command{"/proc/self/exe", "worker"};
  /// Set for the workers on top of this process's environment, e.g. {"BASALT_THREADS", "2"}.
  std::vector<std::pair<std::string, std::string>> environment;
  int workers = 1;                       ///< At most so many at a time; started when tasks wait for them.
  std::uint64_t memory_limit_bytes = 0;  ///< Of each worker; 0: none. Beyond it a task ends as out_of_memory.
  double backoff_seconds = 0.05;         ///< Before a worker that broke is replaced; doubles with every break in a row.
  double backoff_max_seconds = 5;
  double start_timeout_seconds = 30;  ///< From exec to the worker's greeting.
  int start_failures_max = 5;         ///< Workers in a row that break before any task; then waiting tasks fail.
  double cancel_grace_seconds = 2;    ///< For a cancelled task to end by itself before its worker is killed.
  double shutdown_grace_seconds = 1;  ///< For idle workers to exit by themselves when the pool is destroyed.
  std::uint64_t reply_limit_bytes = std::numeric_limits<std::uint64_t>::max();  ///< A longer reply breaks its worker.
};

struct Task {
  std::uint64_t id = 0;        ///< Chosen by the caller; unique among the tasks whose result was not taken yet.
  std::string request;         ///< Of any length.
  double timeout_seconds = 0;  ///< Of each attempt, 0: none. A worker that takes longer is killed.
  int retries = 0;             ///< Further attempts after a crash, a timeout or lack of memory; not after `failed`.
  int priority = 0;            ///< Higher goes first; equals in the order of submission.
};

enum class TaskEnd : std::uint8_t {
  done,           ///< The worker answered.
  failed,         ///< The worker answered that it could not, or no worker could be started.
  crashed,        ///< The worker exited, was killed, or broke the protocol, in every attempt.
  timed_out,      ///< The last attempt took longer than `timeout_seconds`.
  out_of_memory,  ///< The last attempt went beyond `memory_limit_bytes`, or the worker could not allocate.
  cancelled,
};

/// "done", "failed", "crashed", "timed_out", "out_of_memory", "cancelled".
std::string_view name_of(TaskEnd end) noexcept;

struct TaskResult {
  std::uint64_t id = 0;
  TaskEnd end = TaskEnd::done;
  std::string reply;   ///< Of the worker, if `done`.
  SharedBlock large;   ///< What the worker shared besides, or nothing; sealed.
  int attempts = 0;    ///< Begun; 0 if the task was cancelled before any.
  double seconds = 0;  ///< That the last attempt ran.
  std::string reason;  ///< For people; empty if `done`. Of a crash: signal or exit status, and the worker's last words.
};

enum class WorkerState : std::uint8_t {
  starting,  ///< Executed, has not greeted yet.
  idle,
  busy,
  ending,       ///< Asked to leave or killed; not gone yet.
  backing_off,  ///< Broken, to be replaced after a pause.
};

struct WorkerInfo {
  pid_t pid = 0;  ///< 0 while backing off.
  WorkerState state = WorkerState::starting;
  std::uint64_t task = 0;            ///< The task's id while busy.
  std::uint64_t tasks_done = 0;      ///< By this process.
  std::uint64_t resident_bytes = 0;  ///< When last looked at.
};

/// Workers and the tasks they are given. All functions may be called from any thread.
class ProcessPool {
 public:
  /// Starts no worker yet. Throws Error(bad_usage | out_of_resources).
  explicit ProcessPool(PoolSettings settings);
  /// Cancels what is left, ends the workers and waits for them.
  ~ProcessPool();
  ProcessPool(const ProcessPool&) = delete;
  ProcessPool& operator=(const ProcessPool&) = delete;

  /// Queues a task. Throws Error(bad_usage) if its id is in use or a setting makes no sense.
  void submit(Task task);

  /// The next result, in the order in which tasks end; every task gives exactly one. Waits for it; nullopt when no
  /// task is outstanding. Throws Error(cancelled) once `cancel` is requested: tasks go on until `cancel_all`.
  std::optional<TaskResult> next(const CancelToken& cancel);
  /// The same, in the order of submission.
  std::optional<TaskResult> next_in_order(const CancelToken& cancel);

  /// Ends one task, or all, as `cancelled` unless they end otherwise first; unknown ids are ignored.
  void cancel(std::uint64_t id);
  void cancel_all();

  /// Changes the most workers at a time. More start as tasks wait; superfluous ones leave when their task is done.
  /// 0 lets tasks wait. Throws Error(bad_usage) for less.
  void resize(int workers);

  /// Tasks submitted whose result was not taken yet.
  [[nodiscard]] std::uint64_t outstanding() const;
  [[nodiscard]] std::vector<WorkerInfo> workers() const;

 private:
  class Supervisor;
  std::unique_ptr<Supervisor> supervisor_;
};

}  // namespace basalt
