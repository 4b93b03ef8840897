// A pool of sleeping threads and one job at a time. Pieces are claimed from a shared counter, so that a slow thread
// takes fewer of them. Why not a library: docs/decisions/0003-own-thread-arena.md.
#include "basalt/arena.h"

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

namespace basalt {
namespace {

/// How long a thread looks for work, yielding, before it sleeps. Longer than the gap between two operations on a small
/// state, so that those do not pay for waking; far shorter than what a quota or a battery would notice.
constexpr std::chrono::microseconds kPatience{20};

/// Set while this thread runs a body: a nested for_each then runs on this thread alone, for all others are busy.
thread_local bool inside_body = false;

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

  [[nodiscard]] bool has_work() const { return next.load(std::memory_order_relaxed) < count && !stopped.load(); }

  void work() {
    const InsideBody inside;
    try {
      while (has_work()) {
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
  std::mutex entry;  ///< Held for a whole for_each: callers from several threads take turns.

  std::mutex mutex;  ///< Guards what follows; the atomics are written under it and peeked at without.
  std::condition_variable wake;
  std::condition_variable finished;
  Job* job = nullptr;
  std::atomic<std::uint64_t> jobs_opened{0};
  std::atomic<int> busy{0};  ///< Workers inside `job`.
  std::atomic<bool> closing{false};
  std::vector<std::thread> workers;

  ~Threads() {
    {
      const std::scoped_lock lock(mutex);
      closing = true;
    }
    wake.notify_all();
    for (std::thread& worker : workers) {
      worker.join();
    }
  }

  void serve() {
    std::uint64_t jobs_seen = 0;
    while (true) {
      wait_patiently([&] { return jobs_opened.load() != jobs_seen || closing.load(); });
      std::unique_lock lock(mutex);
      wake.wait(lock, [&] { return closing || (job != nullptr && job->has_work()); });
      if (closing) {
        return;
      }
      Job& current = *job;
      jobs_seen = jobs_opened;
      ++busy;
      lock.unlock();
      current.work();
      lock.lock();
      if (--busy == 0) {
        finished.notify_one();
      }
    }
  }

  void run(Job& mine) {
    const std::scoped_lock turn(entry);
    {
      const std::scoped_lock lock(mutex);
      job = &mine;
      ++jobs_opened;
    }
    const std::uint64_t helpers = mine.count - 1;
    if (helpers < workers.size()) {
      for (std::uint64_t i = 0; i < helpers; ++i) {
        wake.notify_one();
      }
    } else {
      wake.notify_all();
    }
    mine.work();
    {
      const std::scoped_lock lock(mutex);
      job = nullptr;
    }
    wait_patiently([&] { return busy.load() == 0; });
    std::unique_lock lock(mutex);
    finished.wait(lock, [&] { return busy == 0; });
  }
};

Arena::Arena(int threads) : threads_(threads < 1 ? 1 : threads) {
  if (threads_ == 1) {
    return;
  }
  implementation_ = std::make_unique<Threads>();
  Threads& arena = *implementation_;
  arena.workers.reserve(static_cast<std::size_t>(threads_) - 1);
  try {
    for (int i = 1; i < threads_; ++i) {
      arena.workers.emplace_back([&arena] { arena.serve(); });
    }
  } catch (const std::system_error& error) {
    throw Error(ErrorCode::out_of_resources,
                "the system refused thread " + std::to_string(arena.workers.size() + 2) + " of " +
                    std::to_string(threads_) + ": " + error.code().message(),
                "use fewer with --threads");
  }
}

Arena::~Arena() = default;

void Arena::for_each(std::uint64_t count, const CancelToken& cancel,
                     const std::function<void(std::uint64_t)>& body) const {
  if (count <= 1 || threads_ == 1 || inside_body) {
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

}  // namespace basalt
