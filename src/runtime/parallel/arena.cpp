// A pool of sleeping threads and one loop at a time. Pieces are claimed from a shared counter, so that a slow thread
// takes fewer of them. Why not a library: docs/decisions/0003-own-thread-arena.md.
#include "basalt/arena.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "basalt/error.h"
#include "runtime/metrics/span.h"
#include "runtime/metrics/work_time.h"
#include "runtime/parallel/processor_set.h"
#include "runtime/parallel/turns.h"

namespace basalt {
namespace {

/// How long a thread looks for work, yielding, before it sleeps. Longer than the gap between two operations on a small
/// state, so that those do not pay for waking; far shorter than what a quota or a battery would notice.
constexpr std::chrono::microseconds kPatience{20};

/// Set while this thread runs a body: a nested for_each then runs on this thread alone, for all others are busy.
thread_local bool inside_body = false;

/// Of the loops that this thread starts.
thread_local int caller_priority = 0;

struct InsideBody {
  bool before = inside_body;
  InsideBody() { inside_body = true; }
  ~InsideBody() { inside_body = before; }
  InsideBody(const InsideBody&) = delete;
  InsideBody& operator=(const InsideBody&) = delete;
};

template <typename Condition>
void wait_patiently(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
}

/// One call of for_each; lives on the caller's stack.
struct Job {
  const std::uint64_t count;
  const CancelToken& cancel;
  const std::function<void(std::uint64_t)>& body;
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> stopped{false};  ///< No further piece starts: `failure` is set, or a cancel was seen.
  std::mutex failure_mutex;
  std::exception_ptr failure;
  metrics::LoopTime* time = nullptr;

  [[nodiscard]] bool has_work() const { return next.load(std::memory_order_relaxed) < count && !stopped.load(); }

  /// Runs pieces until there are none, or until thread `index` is beyond the limit.
  void work(int index, const std::atomic<int>& limit) {
    const InsideBody inside;
    const metrics::LoopTime::Share share(*time);
    try {
      while (has_work() && index < limit.load(std::memory_order_relaxed)) {
        const std::uint64_t piece = next.fetch_add(1, std::memory_order_relaxed);
        if (piece >= count) {
          return;
        }
        cancel.check();
        const metrics::Span span(metrics::SpanName::piece);
        body(piece);
      }
    } catch (...) {
      const std::scoped_lock lock(failure_mutex);
      if (!failure) {
        failure = std::current_exception();
      }
      stopped = true;
    }
  }
};

}  // namespace

struct Arena::Threads {
  std::vector<int> processors;  ///< To pin to.
  std::vector<int> home;        ///< Where threads go without pinning: not where a ThreadPin holds whoever starts them.
  Turns turns;                  ///< One for a whole for_each: callers from several threads do not mix.

  std::mutex mutex;  ///< Guards what follows; the atomics are written under it and peeked at without.
  std::condition_variable wake;
  std::condition_variable parked;  ///< Where threads beyond the limit wait, so that `wake` reaches the others only.
  std::condition_variable finished;
  Job* job = nullptr;
  std::atomic<int> limit{1};
  std::atomic<std::uint64_t> jobs_opened{0};
  std::atomic<int> busy{0};  ///< Workers inside `job`.
  std::atomic<bool> closing{false};
  std::vector<std::thread> workers;  ///< Thread i of the arena is workers[i - 1]; thread 0 is the caller.

  ~Threads() {
    {
      const std::scoped_lock lock(mutex);
      closing = true;
    }
    wake.notify_all();
    parked.notify_all();
    for (std::thread& worker : workers) {
      worker.join();
    }
  }

  void set_limit(int wanted) {
    {
      const std::scoped_lock lock(mutex);
      start_threads(wanted);
      limit = wanted;
    }
    wake.notify_all();
    parked.notify_all();
  }

  void start_threads(int wanted) {
    try {
      while (static_cast<int>(workers.size()) + 1 < wanted) {
        workers.emplace_back([this, index = static_cast<int>(workers.size()) + 1] { serve(index); });
      }
    } catch (const std::system_error& error) {
      throw Error(ErrorCode::out_of_resources,
                  "the system refused thread " + std::to_string(workers.size() + 2) + " of " + std::to_string(wanted) +
                      ": " + error.code().message(),
                  "use fewer with --threads");
    }
  }

  void serve(int index) {
    name_this_thread("arena " + std::to_string(index));
    confine_thread(processors.empty() ? home
                                      : std::vector{processors[static_cast<std::size_t>(index) % processors.size()]});
    std::uint64_t jobs_seen = 0;
    while (true) {
      wait_patiently([&] { return jobs_opened.load() != jobs_seen || closing.load(); });
      std::unique_lock lock(mutex);
      while (!closing && (index >= limit || job == nullptr || !job->has_work())) {
        (index >= limit ? parked : wake).wait(lock);
      }
      if (closing) {
        return;
      }
      Job& current = *job;
      jobs_seen = jobs_opened;
      ++busy;
      lock.unlock();
      current.work(index, limit);
      lock.lock();
      if (--busy == 0) {
        finished.notify_one();
      }
    }
  }

  void run(Job& mine) {
    const Turn turn(turns, caller_priority);
    metrics::LoopTime time(static_cast<int>(std::min(mine.count, static_cast<std::uint64_t>(limit.load()))));
    mine.time = &time;
    {
      const std::scoped_lock lock(mutex);
      job = &mine;
      ++jobs_opened;
    }
    const std::uint64_t helpers = mine.count - 1;
    if (helpers + 1 < static_cast<std::uint64_t>(limit.load())) {
      for (std::uint64_t i = 0; i < helpers; ++i) {
        wake.notify_one();
      }
    } else {
      wake.notify_all();
    }
    mine.work(0, limit);
    {
      const std::scoped_lock lock(mutex);
      job = nullptr;
    }
    wait_patiently([&] { return busy.load() == 0; });
    std::unique_lock lock(mutex);
    finished.wait(lock, [&] { return busy == 0; });
  }
};

Arena::Arena(const ArenaSettings& settings) {
  check_processors(settings.processors);
  implementation_ = std::make_unique<Threads>();
  implementation_->processors = settings.processors;
  implementation_->home = allowed_processors();
  set_limit(settings.threads);
}

Arena::~Arena() = default;

int Arena::threads() const noexcept {
  return implementation_->limit.load(std::memory_order_relaxed);
}

void Arena::set_limit(int threads) {
  implementation_->set_limit(std::max(threads, 1));
}

std::size_t Arena::waiting() const {
  return implementation_->turns.waiting();
}

void Arena::for_each(std::uint64_t count, const CancelToken& cancel,
                     const std::function<void(std::uint64_t)>& body) const {
  if (count <= 1 || threads() == 1 || inside_body) {
    const metrics::LoopTime time(1);
    for (std::uint64_t i = 0; i < count; ++i) {
      cancel.check();
      body(i);
    }
    return;
  }
  Job job{.count = count, .cancel = cancel, .body = body, .failure_mutex = {}, .failure = {}};
  implementation_->run(job);
  if (job.failure) {
    std::rethrow_exception(job.failure);
  }
}

PriorityScope::PriorityScope(int priority) noexcept : before_(caller_priority) {
  caller_priority = priority;
}

PriorityScope::~PriorityScope() {
  caller_priority = before_;
}

}  // namespace basalt
