#include "runtime/resource/ledger_core.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "runtime/metrics/metrics.h"
#include "runtime/resource/explain.h"

namespace basalt {
namespace {

using ledger::Books;
using ledger::Job;
using ledger::JobState;
using metrics::Metric;

constexpr double kSleepSeconds = 0.05;   ///< How late a cancel is seen at worst.
constexpr double kPatrolSeconds = 0.25;  ///< How late the end of a process that was killed is seen at worst.
constexpr double kMeasureSeconds = 1;    ///< How late others' use of the machine is seen at worst, while jobs wait.
constexpr double kTellSeconds = 1;

std::unique_ptr<ledger::Table> choose_table(const LedgerPlace& place, std::vector<std::string>& notes) {
  const char* variable = std::getenv("BASALT_LEDGER");  // NOLINT(concurrency-mt-unsafe): never changed by Basalt
  const std::string wish = !place.table.empty() ? place.table : variable == nullptr ? "" : variable;
  if (wish == "off") {
    return ledger::make_private_table();
  }
  try {
    return ledger::open_shared_table(wish.empty() ? ledger::default_table_path() : wish);
  } catch (const Error& error) {
    notes.push_back(error.message() + ": other processes will not see what this one holds");
    return ledger::make_private_table();
  }
}

Signal signal_of(const Job& job) {
  if (job.asked_to_release) {
    return Signal::release_memory;
  }
  return job.state == JobState::paused ? Signal::pause : Signal::go_on;
}

bool counts_as_waiting(const Job& job) {
  return job.state == JobState::waiting || job.state == JobState::suspended;
}

}  // namespace

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Ledger::Core::Core(std::function<Capacity()> measure, const LedgerPlace& place)
    : measure_(std::move(measure)), measured_at_(-1e9), table_(choose_table(place, notes_)) {
  try {
    this->measure(0);
  } catch (const Error& error) {
    if (table_->path().empty()) {
      throw;
    }
    // a file system without room, or without locks: it is the first turn that shows it
    notes_.push_back(error.message() + ": other processes will not see what this one holds");
    table_ = ledger::make_private_table();
    this->measure(0);
  }
}

Ledger::Core::~Core() = default;

void Ledger::Core::measure(double older_than) {
  std::unique_lock lock(measure_mutex_, std::try_to_lock);
  if (!lock || seconds_now() - measured_at_.load() < older_than) {
    return;
  }
  ledger::Residents before;
  look([&](const Books& books) { before = ledger::residents_of(books); });
  Capacity capacity = measure_();
  transact([&](Books& books, double now) {
    capacity_ = std::move(capacity);
    membership_.apply(capacity_, before, books);
    measured_at_.store(now);
  });
}

void Ledger::Core::enter(Books& books) {
  ledger::strike_dead_members(books, *table_, membership_);
  if (!membership_.is_in(books)) {
    membership_.join(books, *table_);
    membership_.apply(capacity_, {}, books);
  }
  enter_own_jobs(books);
  ledger::drop_unused_pools(books);
}

void Ledger::Core::enter_own_jobs(Books& books) {
  std::erase_if(books.jobs, [&](const Job& job) { return job.member == member() && !live_.contains(job.id); });
  for (const auto& [id, live] : live_) {
    if (ledger::find_job(books, id) == nullptr) {
      Job job = live->job;
      job.member = member();
      job.pools = own_pools(books);
      books.jobs.insert(std::ranges::lower_bound(books.jobs, id, {}, &Job::id), job);
      books.last_id = std::max(books.last_id, id);
    }
  }
}

void Ledger::Core::adopt(const Turn& turn) {
  const bool is_in = membership_.is_in(turn.books);
  for (const Job& job : turn.books.jobs) {
    const auto own = is_in && job.member == member() ? live_.find(job.id) : live_.end();
    if (own != live_.end()) {
      adopt(*own->second, job);
    }
  }
  seen_.store(turn.generation);
  for (std::string& note : table_->take_notes()) {
    notes_.push_back(std::move(note));
  }
}

void Ledger::Core::adopt(LiveJob& live, const Job& job) {
  const Signal before = live.signal.load();
  const Signal after = signal_of(job);
  if (after != before && after != Signal::go_on) {
    metrics::add(Metric::ledger_preemptions);
  }
  const int waiting = static_cast<int>(counts_as_waiting(job)) - static_cast<int>(counts_as_waiting(live.job));
  metrics::move(Metric::ledger_jobs_waiting, waiting);
  if (live.job.state == JobState::waiting && job.state != JobState::waiting) {
    metrics::move(Metric::ledger_leases, 1);
  }
  if (live.job.state != JobState::running && job.state == JobState::running) {
    metrics::observe(Metric::ledger_wait_seconds, job.waited - live.job.waited);
  }
  live.job = job;
  live.cores.store(job.cores);
  live.host_bytes.store(counts_as_waiting(job) ? 0 : job.host_bytes);
  live.signal.store(after);
}

std::shared_ptr<LiveJob> Ledger::Core::open(Books& books, const Job& job) {
  auto live = std::make_shared<LiveJob>();
  Job& row = books.jobs.emplace_back(job);
  row.id = ++books.last_id;
  live->job = row;
  live_.emplace(row.id, live);
  metrics::move(Metric::ledger_jobs_waiting, 1);
  return live;
}

void Ledger::Core::close(const std::shared_ptr<LiveJob>& live) noexcept {
  try {
    transact([&](Books& books, double) {
      const Job& job = live->job;
      const std::uint64_t kept = job.state == JobState::waiting ? job.cached_bytes : live->leave_cached;
      ledger::adjust_what_is_left(books, job, -static_cast<std::int64_t>(kept));
      live_.erase(job.id);
      enter_own_jobs(books);
    });
  } catch (...) {  // the turn did not come: whoever takes the next one strikes the job out
    const std::scoped_lock lock(mutex_);
    live_.erase(live->job.id);
  }
  if (live->job.state != JobState::waiting) {
    metrics::move(Metric::ledger_leases, -1);
  }
  if (counts_as_waiting(live->job)) {
    metrics::move(Metric::ledger_jobs_waiting, -1);
  }
}

void Ledger::Core::await(const LiveJob& live, const std::function<bool(const Job&)>& ready, const CancelToken& cancel,
                         const OnWait& on_wait) {
  const double begin = seconds_now();
  double told_at = -1e9;
  double patrolled_at = begin;
  std::string told;
  while (true) {
    bool is_ready = false;
    std::uint32_t seen = 0;
    Waiting waiting;
    const double now = seconds_now();
    look([&](const Books& books) {
      seen = seen_.load();
      is_ready = ready(live.job);
      if (!is_ready && on_wait && now - told_at >= kTellSeconds) {
        waiting = ledger::explain_wait(books, live.job);
      }
    });
    if (is_ready) {
      return;
    }
    cancel.check();
    if (!waiting.reason.empty() && waiting.reason != told) {
      told = waiting.reason;
      told_at = now;
      waiting.seconds = now - begin;
      on_wait(waiting);
    }
    table_->wait(seen, kSleepSeconds);
    if (seconds_now() - patrolled_at >= kPatrolSeconds) {
      measure(kMeasureSeconds);
      transact([](Books&, double) {});
      patrolled_at = seconds_now();
    }
  }
}

std::string Ledger::Core::table_path() const {
  const std::scoped_lock lock(mutex_);
  return table_->path();
}

std::vector<std::string> Ledger::Core::notes() const {
  const std::scoped_lock lock(mutex_);
  return notes_;
}

}  // namespace basalt
