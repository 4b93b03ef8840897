#include "engine/batch/thread_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>

#include "base/stopwatch.h"

namespace basalt {
namespace {

/// How often deadlines and the batch's cancel are looked at.
constexpr std::chrono::milliseconds kTick{20};

}  // namespace

ThreadRunner::ThreadRunner(int workers) {
  for (int i = 0; i < workers; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

ThreadRunner::~ThreadRunner() {
  cancel_all();
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  submitted_.notify_all();
}

void ThreadRunner::submit(Task task) {
  const std::scoped_lock lock(mutex_);
  waiting_.emplace(task.priority, std::move(task));
  ++outstanding_;
  submitted_.notify_one();
}

std::optional<TaskResult> ThreadRunner::next(const CancelToken& cancel) {
  std::unique_lock lock(mutex_);
  while (results_.empty()) {
    if (outstanding_ == 0) {
      return std::nullopt;
    }
    cancel.check();
    ended_.wait_for(lock, kTick, [&] { return !results_.empty(); });
    stop_overdue();
  }
  TaskResult result = std::move(results_.front());
  results_.pop_front();
  --outstanding_;
  return result;
}

void ThreadRunner::cancel_all() {
  const std::scoped_lock lock(mutex_);
  for (const auto& [priority, task] : waiting_) {
    TaskResult& result = results_.emplace_back();
    result.id = task.id;
    result.end = TaskEnd::cancelled;
  }
  waiting_.clear();
  for (Running* running : running_) {
    running->cancelled = true;
    if (running->stop) {
      running->stop->request();
    }
  }
  ended_.notify_one();
}

/// With the lock held.
void ThreadRunner::stop_overdue() {
  for (Running* running : running_) {
    if (running->stop && Clock::now() >= running->deadline) {
      running->stop->request();
    }
  }
}

void ThreadRunner::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    submitted_.wait(lock, [&] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) {
      return;
    }
    const Task task = std::move(waiting_.extract(waiting_.begin()).mapped());
    // Before the lock goes: a cancel must find the task either waiting or running.
    Running running;
    running_.push_back(&running);
    lock.unlock();
    TaskResult result = run(task, running);
    lock.lock();
    std::erase(running_, &running);
    if (running.cancelled && result.end != TaskEnd::done) {
      result.end = TaskEnd::cancelled;
    }
    results_.push_back(std::move(result));
    ended_.notify_one();
  }
}

TaskResult ThreadRunner::run(const Task& task, Running& running) {
  TaskResult result;
  result.id = task.id;
  result.end = TaskEnd::cancelled;  // stays so where the cancel comes before the first attempt
  const auto again = [&] {
    return result.attempts <= task.retries &&
           (result.attempts == 0 || result.end == TaskEnd::timed_out || result.end == TaskEnd::out_of_memory);
  };
  while (again() && begin_attempt(task, running)) {
    attempt(task, *running.stop, result);
  }
  return result;
}

bool ThreadRunner::begin_attempt(const Task& task, Running& running) {
  const std::scoped_lock lock(mutex_);
  if (running.cancelled) {
    return false;
  }
  running.stop.emplace();
  if (task.timeout_seconds > 0) {
    running.deadline =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(task.timeout_seconds));
  }
  return true;
}

void ThreadRunner::attempt(const Task& task, const CancelToken& stop, TaskResult& result) {
  const Stopwatch watch;
  ++result.attempts;
  try {
    result.reply = worker_(task.request, stop).reply;
    result.end = TaskEnd::done;
  } catch (const Error& error) {
    const bool stopped = error.code() == ErrorCode::cancelled;
    result.end = stopped ? TaskEnd::timed_out : TaskEnd::failed;
    result.reason = stopped ? fmt::format("it took longer than {} s", task.timeout_seconds) : error.message();
  } catch (const std::bad_alloc&) {
    result.end = TaskEnd::out_of_memory;
    result.reason = "memory ran out";
  } catch (const std::exception& error) {
    result.end = TaskEnd::failed;
    result.reason = error.what();
  }
  result.seconds = watch.seconds();
}

}  // namespace basalt
