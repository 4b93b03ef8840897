#include "runtime/parallel/worker_slot.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "runtime/metrics/metrics.h"
#include "runtime/parallel/backoff.h"

namespace basalt {
namespace {

constexpr auto kNever = PoolClock::time_point::max();
/// How often a process that was killed is looked for: it ends within microseconds, or after a long core dump.
constexpr std::chrono::milliseconds kReapInterval{2};
/// How often memory is looked at: at 5 GB/s a worker can grow by 100 MB meanwhile, unless allocation fails before.
constexpr std::chrono::milliseconds kMemoryInterval{20};

/// `seconds` from `now`, or never if that is further than the clock reaches.
PoolClock::time_point after(PoolClock::time_point now, double seconds) {
  constexpr double kCentury = 3.2e9;
  return seconds > kCentury
             ? kNever
             : now + std::chrono::duration_cast<PoolClock::duration>(std::chrono::duration<double>(seconds));
}

bool may_follow_request(TaskEnd end) {
  return end == TaskEnd::done || end == TaskEnd::failed || end == TaskEnd::cancelled || end == TaskEnd::out_of_memory;
}

}  // namespace

WorkerSlot::WorkerSlot(const PoolSettings& settings, const LaunchPlan& plan, StartRecord& starts,
                       PoolClock::time_point now)
    : settings_(settings), plan_(plan), starts_(starts) {
  start(now);
}

void WorkerSlot::restart(PoolClock::time_point now) {
  metrics::add(metrics::Metric::worker_restarts);
  start(now);
}

void WorkerSlot::start(PoolClock::time_point now) {
  look_ = kNever;
  verdict_.reset();
  tasks_done_ = 0;
  try {
    process_ = std::make_unique<WorkerProcess>(plan_);
  } catch (const Error& error) {
    ++starts_.failures;
    starts_.reason = error.message();
    back_off(now);
    return;
  }
  state_ = WorkerState::starting;
  deadline_ = after(now, settings_.start_timeout_seconds);
}

bool WorkerSlot::begin(QueuedTask& task, PoolClock::time_point now) {
  Message request;
  request.kind = MessageKind::request;
  request.id = task.task.id;
  request.text = task.task.request;
  if (!send_message(process_->socket(), request, false)) {
    break_off(TaskEnd::crashed, "it was gone before its task");
    return false;
  }
  starts_ = {};
  ++task.attempts;
  begun_ = now;
  task_deadline_ = task.task.timeout_seconds > 0 ? after(now, task.task.timeout_seconds) : kNever;
  cancel_deadline_ = kNever;
  task_ = std::move(task);
  state_ = WorkerState::busy;
  return true;
}

void WorkerSlot::cancel(PoolClock::time_point now) {
  if (state_ != WorkerState::busy || cancel_deadline_ != kNever) {
    return;
  }
  cancel_deadline_ = after(now, settings_.cancel_grace_seconds);
  Message message;
  message.kind = MessageKind::cancel;
  message.id = task_->task.id;
  send_message(process_->socket(), message, false);  // if it is gone, that will be seen anyway
}

void WorkerSlot::retire(PoolClock::time_point now) {
  retiring_ = true;
  task_.reset();
  if (state_ == WorkerState::starting || state_ == WorkerState::idle || state_ == WorkerState::busy) {
    process_->close_socket();
    await_end(after(now, settings_.shutdown_grace_seconds));
  }
}

void WorkerSlot::break_off(TaskEnd end, std::string why) {
  process_->kill();
  verdict_ = Verdict{.end = end, .why = std::move(why)};
  await_end(kNever);
}

void WorkerSlot::await_end(PoolClock::time_point deadline) {
  state_ = WorkerState::ending;
  deadline_ = deadline;
  look_ = PoolClock::time_point::min();
}

void WorkerSlot::back_off(PoolClock::time_point now) {
  ++breaks_in_a_row_;
  state_ = WorkerState::backing_off;
  look_ = kNever;
  deadline_ = after(now, backoff_seconds(breaks_in_a_row_, settings_.backoff_seconds, settings_.backoff_max_seconds));
}

std::optional<Attempt> WorkerSlot::advance(PoolClock::time_point now) {
  if (!process_ || (!stirred_ && now < next_look())) {
    return std::nullopt;
  }
  stirred_ = false;
  const bool dead = process_->reap();  // before listening: whatever it said, it said before it died
  process_->read_output();
  std::optional<Attempt> attempt = listen(now);
  if (dead) {
    return attempt ? std::move(attempt) : bury(now);
  }
  check_limits(now);
  return attempt;
}

std::optional<Attempt> WorkerSlot::listen(PoolClock::time_point now) {
  if (state_ == WorkerState::ending) {
    return std::nullopt;
  }
  try {
    Received received = receive_message(process_->socket(), settings_.reply_limit_bytes, false);
    if (received.message) {
      return accept(std::move(*received.message), now);
    }
    if (received.closed) {
      process_->kill();  // it is about to end, or closed the socket and will be of no use
      await_end(kNever);
    }
  } catch (const Error& error) {
    break_off(TaskEnd::crashed, "broke the protocol: " + error.message());
  }
  return std::nullopt;
}

std::optional<Attempt> WorkerSlot::accept(Message message, PoolClock::time_point now) {
  if (state_ == WorkerState::starting && message.kind == MessageKind::greeting && message.id == kProtocolVersion) {
    state_ = WorkerState::idle;
    deadline_ = kNever;
    if (settings_.memory_limit_bytes > 0) {
      look_ = now;
      process_->limit_growth(settings_.memory_limit_bytes);
    }
    return std::nullopt;
  }
  if (state_ != WorkerState::busy || message.kind != MessageKind::reply || message.id != task_->task.id ||
      !may_follow_request(message.end)) {
    break_off(TaskEnd::crashed, "broke the protocol: said what nobody asked for");
    return std::nullopt;
  }
  ++tasks_done_;
  breaks_in_a_row_ = 0;
  Attempt attempt = end_attempt(message.end, now);
  (message.end == TaskEnd::done ? attempt.result.reply : attempt.result.reason) = message.view();
  attempt.result.large = std::move(message.large);
  state_ = WorkerState::idle;
  return attempt;
}

void WorkerSlot::check_limits(PoolClock::time_point now) {
  if (state_ == WorkerState::starting && now >= deadline_) {
    break_off(TaskEnd::crashed, fmt::format("did not greet within {} s", settings_.start_timeout_seconds));
  } else if (state_ == WorkerState::ending && now >= deadline_) {
    process_->kill();
    deadline_ = kNever;
  } else if (state_ == WorkerState::ending) {
    look_ = now + kReapInterval;
  } else if (state_ == WorkerState::busy && now >= task_deadline_) {
    break_off(TaskEnd::timed_out, fmt::format("took longer than {} s", task_->task.timeout_seconds));
  } else if (state_ == WorkerState::busy && now >= cancel_deadline_) {
    break_off(TaskEnd::cancelled,
              fmt::format("did not end by itself within {} s and was killed", settings_.cancel_grace_seconds));
  } else if (now >= look_) {
    look_ = now + kMemoryInterval;
    const std::uint64_t resident = process_->resident_bytes();
    if (resident > settings_.memory_limit_bytes) {
      break_off(TaskEnd::out_of_memory, fmt::format("held {} of memory, above its limit of {}", format_bytes(resident),
                                                    format_bytes(settings_.memory_limit_bytes)));
    }
  }
}

std::optional<Attempt> WorkerSlot::bury(PoolClock::time_point now) {
  process_->read_output();
  if (!verdict_) {
    verdict_ = Verdict{.end = TaskEnd::crashed, .why = process_->describe_end()};
  }
  if (const std::string words = process_->last_words(); !words.empty() && verdict_->end == TaskEnd::crashed) {
    verdict_->why += "; its last words: " + words;
  }
  std::optional<Attempt> attempt;
  if (task_) {
    metrics::add(metrics::Metric::task_crashes);
    attempt = end_attempt(verdict_->end, now);
    attempt->result.reason = verdict_->why;
  }
  if (!attempt && tasks_done_ == 0 && !retiring_) {
    ++starts_.failures;
    starts_.reason = plan_.program() + ' ' + verdict_->why;
  }
  process_.reset();
  back_off(now);
  return attempt;
}

Attempt WorkerSlot::end_attempt(TaskEnd end, PoolClock::time_point now) {
  Attempt attempt{.task = std::move(*task_), .result = {}};
  task_.reset();
  attempt.result.id = attempt.task.task.id;
  attempt.result.end = end;
  attempt.result.attempts = attempt.task.attempts;
  attempt.result.seconds = std::chrono::duration<double>(now - begun_).count();
  return attempt;
}

PoolClock::time_point WorkerSlot::next_look() const {
  return state_ == WorkerState::busy ? std::min({task_deadline_, cancel_deadline_, look_}) : std::min(deadline_, look_);
}

std::vector<pollfd> WorkerSlot::descriptors() const {
  std::vector<pollfd> result;
  if (process_) {
    for (const int fd : {state_ == WorkerState::ending ? -1 : process_->socket(), process_->output()}) {
      result.push_back({.fd = fd, .events = POLLIN, .revents = 0});  // poll passes over -1
    }
  }
  return result;
}

WorkerInfo WorkerSlot::info() const {
  WorkerInfo info{.pid = 0, .state = state_, .task = 0, .tasks_done = tasks_done_, .resident_bytes = 0};
  if (process_) {
    info.pid = process_->pid();
    info.resident_bytes = process_->resident_bytes();
  }
  if (task_) {
    info.task = task_->task.id;
  }
  return info;
}

}  // namespace basalt
