#include "runtime/metrics/work_time.h"

#include <algorithm>
#include <utility>

#include "runtime/metrics/metrics.h"
#include "runtime/metrics/span.h"

namespace basalt::metrics {
void count_time(const TimeAccount& time) noexcept {
  if (this_thread.account != nullptr) {
    *this_thread.account += time;
    return;
  }
  for (const auto& [timer, nanoseconds] :
       {std::pair(Metric::compute_time, time.compute), std::pair(Metric::memory_time, time.memory),
        std::pair(Metric::synchronisation_time, time.synchronisation)}) {
    if (nanoseconds > 0) {
      add(timer, static_cast<std::uint64_t>(nanoseconds));
    }
  }
}

LoopTime::LoopTime(int threads) noexcept
    : outermost_(!std::exchange(this_thread.in_loop, true)),
      job_(this_thread.job),
      threads_(threads),
      start_(outermost_ ? now_nanoseconds() : 0) {}

LoopTime::~LoopTime() {
  if (!outermost_) {
    return;
  }
  const std::int64_t elapsed = now_nanoseconds() - start_;
  const std::int64_t capacity = elapsed * threads_;
  const std::int64_t busy = threads_ == 1 ? elapsed : std::min(busy_.load(std::memory_order_relaxed), capacity);
  TimeAccount time{.synchronisation = capacity - busy};
  (this_thread.handles_memory ? time.memory : time.compute) = busy;
  count_time(time);
  this_thread.accounted += elapsed;
  this_thread.in_loop = false;
}

LoopTime::Share::Share(LoopTime& loop) noexcept : loop_(loop), before_(this_thread), start_(now_nanoseconds()) {
  this_thread.job = loop.job_;
  this_thread.in_loop = true;
}

LoopTime::Share::~Share() {
  this_thread = before_;
  loop_.busy_.fetch_add(now_nanoseconds() - start_, std::memory_order_relaxed);
}

MemoryTime::MemoryTime() noexcept
    : outermost_(!this_thread.in_loop && !std::exchange(this_thread.handles_memory, true)),
      accounted_before_(this_thread.accounted),
      start_(outermost_ ? now_nanoseconds() : 0) {}

MemoryTime::~MemoryTime() {
  if (!outermost_) {
    return;
  }
  const std::int64_t in_loops = this_thread.accounted - accounted_before_;
  const std::int64_t outside = now_nanoseconds() - start_ - in_loops;
  count_time({.memory = outside});
  this_thread.accounted += outside;
  this_thread.handles_memory = false;
}

}  // namespace basalt::metrics
