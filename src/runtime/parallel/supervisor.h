// The thread that looks after a pool's workers: hands out tasks, collects results, retries, replaces, resizes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <vector>

#include "basalt/process_pool.h"
#include "runtime/parallel/file_descriptor.h"
#include "runtime/parallel/result_shelf.h"
#include "runtime/parallel/task_queue.h"
#include "runtime/parallel/worker_slot.h"

namespace basalt {

class ProcessPool::Supervisor {
 public:
  explicit Supervisor(PoolSettings settings);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  void submit(Task task);
  std::optional<TaskResult> next(const CancelToken& cancel, bool in_order);
  void cancel(std::uint64_t id);
  void cancel_all();
  void resize(int workers);
  [[nodiscard]] std::uint64_t outstanding() const;
  [[nodiscard]] std::vector<WorkerInfo> workers() const;

 private:
  void run() noexcept;
  /// One round, with the mutex held; false when the pool is closed and every worker has gone.
  bool advance(PoolClock::time_point now);
  void end_attempt(Attempt attempt);
  void finish(const QueuedTask& task, TaskResult result);
  void finish_unstarted(const QueuedTask& task, TaskEnd end, const std::string& reason);
  void hand_out(PoolClock::time_point now);
  [[nodiscard]] std::int64_t count_staying() const;
  void shrink(PoolClock::time_point now);
  void grow(PoolClock::time_point now);
  void give_up_if_hopeless();
  /// Waits, without the mutex, until something is to be done.
  void wait(std::unique_lock<std::mutex>& lock);
  void wake() const noexcept;

  const PoolSettings settings_;
  const LaunchPlan plan_;
  FileDescriptor wake_;  ///< An eventfd that ends the wait of `run`.

  mutable std::mutex mutex_;  ///< Guards what follows.
  std::condition_variable ended_;
  TaskQueue queue_;
  ResultShelf shelf_;
  std::unordered_set<std::uint64_t> cancelled_;  ///< Running tasks that are not to be tried again.
  std::vector<std::unique_ptr<WorkerSlot>> slots_;
  std::size_t counted_workers_ = 0;  ///< Of the slots, in the metric that all pools share.
  StartRecord starts_;
  int target_ = 1;
  bool closing_ = false;
  std::exception_ptr failure_;  ///< What ended the thread, if anything did.

  std::thread thread_;
};

}  // namespace basalt
