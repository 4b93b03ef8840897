#include "runtime/parallel/supervisor.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "basalt/error.h"
#include "runtime/metrics/metrics.h"

namespace basalt {
namespace {

/// How soon a caller who waits for results sees a cancel: a signal handler sets it, which cannot wake anyone.
constexpr std::chrono::milliseconds kCancelInterval{20};

PoolSettings checked(PoolSettings settings) {
  const auto check = [](bool right, const std::string& what) {
    if (!right) {
      throw Error(ErrorCode::bad_usage, what, "give a greater number");
    }
  };
  check(settings.workers >= 0, "a pool cannot have " + std::to_string(settings.workers) + " workers");
  check(settings.start_failures_max > 0,
        "a pool cannot give up after " + std::to_string(settings.start_failures_max) + " failed starts");
  for (const double seconds : {settings.backoff_seconds, settings.backoff_max_seconds, settings.start_timeout_seconds,
                               settings.cancel_grace_seconds, settings.shutdown_grace_seconds}) {
    check(seconds >= 0, "a pool cannot wait for " + std::to_string(seconds) + " s");
  }
  return settings;
}

bool worth_retrying(TaskEnd end) {
  return end == TaskEnd::crashed || end == TaskEnd::timed_out || end == TaskEnd::out_of_memory;
}

/// Threads inherit the mask: a signal meant for the program must not end up in a thread that knows nothing of it.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

ProcessPool::Supervisor::Supervisor(PoolSettings settings)
    : settings_(checked(std::move(settings))),
      plan_(settings_),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      target_(settings_.workers) {
  if (!wake_.valid()) {
    throw Error(ErrorCode::out_of_resources, "cannot start a pool: " + std::generic_category().message(errno),
                "raise the limit on open files");
  }
  const SignalsBlocked blocked;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& error) {
    throw Error(ErrorCode::out_of_resources, "the system refused a thread: " + error.code().message(),
                "raise the limit on processes");
  }
}

ProcessPool::Supervisor::~Supervisor() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  wake();
  thread_.join();
}

void ProcessPool::Supervisor::submit(Task task) {
  if (!(task.timeout_seconds >= 0) || task.retries < 0) {
    throw Error(ErrorCode::bad_usage,
                "task " + std::to_string(task.id) + " has a timeout of " + std::to_string(task.timeout_seconds) +
                    " s and " + std::to_string(task.retries) + " retries",
                "give numbers that are not negative");
  }
  {
    const std::scoped_lock lock(mutex_);
    const std::optional<std::uint64_t> sequence = shelf_.reserve(task.id);
    if (!sequence) {
      throw Error(ErrorCode::bad_usage, "there is a task " + std::to_string(task.id) + " already",
                  "give every task a number of its own");
    }
    queue_.push({.task = std::move(task), .sequence = *sequence, .attempts = 0});
  }
  wake();
}

std::optional<TaskResult> ProcessPool::Supervisor::next(const CancelToken& cancel, bool in_order) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (std::optional<TaskResult> result = in_order ? shelf_.take_in_order() : shelf_.take_first()) {
      return result;
    }
    if (shelf_.outstanding() == 0) {
      return std::nullopt;
    }
    if (failure_) {
      std::rethrow_exception(failure_);
    }
    cancel.check();
    ended_.wait_for(lock, kCancelInterval);
  }
}

void ProcessPool::Supervisor::cancel(std::uint64_t id) {
  {
    const std::scoped_lock lock(mutex_);
    if (const std::optional<QueuedTask> task = queue_.remove(id)) {
      finish_unstarted(*task, TaskEnd::cancelled, "cancelled");
      return;
    }
    for (const auto& slot : slots_) {
      if (slot->running() == id) {
        cancelled_.insert(id);
        slot->cancel(PoolClock::now());
      }
    }
  }
  wake();
}

void ProcessPool::Supervisor::cancel_all() {
  {
    const std::scoped_lock lock(mutex_);
    while (!queue_.empty()) {
      finish_unstarted(queue_.pop(), TaskEnd::cancelled, "cancelled");
    }
    for (const auto& slot : slots_) {
      if (const std::optional<std::uint64_t> id = slot->running()) {
        cancelled_.insert(*id);
        slot->cancel(PoolClock::now());
      }
    }
  }
  wake();
}

void ProcessPool::Supervisor::resize(int workers) {
  if (workers < 0) {
    throw Error(ErrorCode::bad_usage, "a pool cannot have " + std::to_string(workers) + " workers", "give 0 or more");
  }
  {
    const std::scoped_lock lock(mutex_);
    target_ = workers;
  }
  wake();
}

std::uint64_t ProcessPool::Supervisor::outstanding() const {
  const std::scoped_lock lock(mutex_);
  return shelf_.outstanding();
}

std::vector<WorkerInfo> ProcessPool::Supervisor::workers() const {
  const std::scoped_lock lock(mutex_);
  std::vector<WorkerInfo> result;
  for (const auto& slot : slots_) {
    result.push_back(slot->info());
  }
  return result;
}

void ProcessPool::Supervisor::run() noexcept {
  std::unique_lock lock(mutex_);
  try {
    while (advance(PoolClock::now())) {
      wait(lock);
    }
  } catch (...) {  // memory ran out here: say so to whoever waits, instead of taking the program down
    failure_ = std::current_exception();
    slots_.clear();
    ended_.notify_all();
  }
}

bool ProcessPool::Supervisor::advance(PoolClock::time_point now) {
  for (const auto& slot : slots_) {
    if (std::optional<Attempt> attempt = slot->advance(now)) {
      end_attempt(std::move(*attempt));
    }
  }
  if (closing_) {
    for (const auto& slot : slots_) {
      slot->retire(now);
    }
  } else {
    shrink(now);
    hand_out(now);
    grow(now);
    give_up_if_hopeless();
  }
  std::erase_if(slots_, [](const auto& slot) { return slot->gone(); });
  metrics::move(metrics::Metric::workers, static_cast<double>(slots_.size()) - static_cast<double>(counted_workers_));
  counted_workers_ = slots_.size();
  return !closing_ || !slots_.empty();
}

void ProcessPool::Supervisor::end_attempt(Attempt attempt) {
  const bool cancelled = cancelled_.erase(attempt.task.task.id) > 0;
  if (worth_retrying(attempt.result.end)) {
    if (cancelled) {
      attempt.result.end = TaskEnd::cancelled;
    } else if (attempt.task.attempts <= attempt.task.task.retries) {
      metrics::add(metrics::Metric::task_retries);
      queue_.push(std::move(attempt.task));
      return;
    }
  }
  finish(attempt.task, std::move(attempt.result));
}

void ProcessPool::Supervisor::finish(const QueuedTask& task, TaskResult result) {
  metrics::add(metrics::Metric::tasks);
  metrics::observe(metrics::Metric::task_seconds, result.seconds);
  shelf_.put(task.sequence, std::move(result));
  ended_.notify_all();
}

void ProcessPool::Supervisor::finish_unstarted(const QueuedTask& task, TaskEnd end, const std::string& reason) {
  TaskResult result;
  result.id = task.task.id;
  result.end = end;
  result.attempts = task.attempts;
  result.reason = reason;
  finish(task, std::move(result));
}

void ProcessPool::Supervisor::hand_out(PoolClock::time_point now) {
  for (const auto& slot : slots_) {
    if (queue_.empty()) {
      return;
    }
    if (slot->state() != WorkerState::idle) {
      continue;
    }
    QueuedTask task = queue_.pop();
    try {
      if (!slot->begin(task, now)) {
        queue_.push(std::move(task));
      }
    } catch (const Error& error) {
      finish_unstarted(task, TaskEnd::failed, error.message());
    }
  }
}

std::int64_t ProcessPool::Supervisor::count_staying() const {
  return std::ranges::count_if(slots_, [](const auto& slot) { return !slot->retiring(); });
}

void ProcessPool::Supervisor::shrink(PoolClock::time_point now) {
  std::int64_t superfluous = count_staying() - target_;
  for (const auto& slot : slots_) {
    // Whoever is busy may stay: another may have ended its task when this one does.
    if (superfluous > 0 && !slot->retiring() && slot->state() != WorkerState::busy) {
      slot->retire(now);
      --superfluous;
    }
  }
}

void ProcessPool::Supervisor::grow(PoolClock::time_point now) {
  auto waiting = static_cast<std::int64_t>(queue_.size());
  for (const auto& slot : slots_) {
    if (slot->retiring()) {
      continue;
    }
    if (slot->state() == WorkerState::starting) {
      --waiting;
    } else if (waiting > 0 && slot->may_restart(now)) {
      slot->restart(now);
      --waiting;
    }
  }
  for (std::int64_t room = target_ - count_staying(); room > 0 && waiting > 0; --room, --waiting) {
    slots_.push_back(std::make_unique<WorkerSlot>(settings_, plan_, starts_, now));
  }
}

void ProcessPool::Supervisor::give_up_if_hopeless() {
  const bool hope =
      starts_.failures < settings_.start_failures_max || std::ranges::any_of(slots_, [](const auto& slot) {
        return slot->state() == WorkerState::idle || slot->state() == WorkerState::busy;
      });
  if (hope) {
    return;
  }
  while (!queue_.empty()) {
    finish_unstarted(queue_.pop(), TaskEnd::failed, "no worker could be started: " + starts_.reason);
  }
  starts_ = {};  // later tasks may try again
}

void ProcessPool::Supervisor::wait(std::unique_lock<std::mutex>& lock) {
  const auto now = PoolClock::now();
  std::vector<pollfd> descriptors{{.fd = wake_.get(), .events = POLLIN, .revents = 0}};
  std::vector<WorkerSlot*> owners{nullptr};
  auto until = PoolClock::time_point::max();
  for (const auto& slot : slots_) {
    for (const pollfd& descriptor : slot->descriptors()) {
      descriptors.push_back(descriptor);
      owners.push_back(slot.get());
    }
    // A broken worker is replaced only if tasks wait for it.
    if (slot->state() != WorkerState::backing_off || !queue_.empty()) {
      until = std::min(until, slot->next_look());
    }
  }
  constexpr std::chrono::seconds kLongest{3600};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::clamp(until, now, now + kLongest) - now);
  lock.unlock();
  poll(descriptors.data(), descriptors.size(), static_cast<int>(left.count()));
  std::uint64_t wakes = 0;
  [[maybe_unused]] const ssize_t got = read(wake_.get(), &wakes, sizeof wakes);
  lock.lock();  // only this thread adds and removes slots: the owners are all there still
  for (std::size_t i = 1; i < descriptors.size(); ++i) {
    if (descriptors[i].revents != 0) {
      owners[i]->stir();
    }
  }
}

void ProcessPool::Supervisor::wake() const noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t sent = write(wake_.get(), &one, sizeof one);
}

}  // namespace basalt
