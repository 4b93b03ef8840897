// Asking for leases, and listing them.
#include "basalt/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/resource/explain.h"
#include "runtime/resource/free_profile.h"
#include "runtime/resource/lease_grant.h"

namespace basalt {
namespace {

using ledger::Books;
using ledger::Job;
using ledger::JobState;

/// A measurement this old will do for a new job: what else the machine does changes faster than anyone can look.
constexpr double kFreshSeconds = 0.1;

void check(const Demand& demand, const JobInfo& info) {
  const auto refuse = [&](const std::string& problem, const std::string& advice) {
    return Error(ErrorCode::bad_usage, "job \"" + info.name + "\": " + problem, advice);
  };
  if (demand.min_cores < 0 || demand.max_cores < demand.min_cores) {
    throw refuse(fmt::format("{} to {} cores make no sense", demand.min_cores, demand.max_cores),
                 "give a minimum from 0 on, and a maximum that is no smaller");
  }
  if (demand.queue_slots < 0) {
    throw refuse(fmt::format("{} queue slots make no sense", demand.queue_slots), "give 0 or more");
  }
  if (demand.device_bytes.size() > ledger::kMostHeaps) {
    throw refuse(fmt::format("memory of {} heaps is asked for", demand.device_bytes.size()),
                 fmt::format("ask for {} at most", ledger::kMostHeaps));
  }
  if (!std::isfinite(demand.expected_seconds) || demand.expected_seconds < 0) {
    throw refuse(fmt::format("it is expected to run for {} s", demand.expected_seconds), "give 0 where it is unknown");
  }
  if (info.priority < kLowestPriority || info.priority > kHighestPriority) {
    throw refuse(fmt::format("priority {} is out of range", info.priority),
                 fmt::format("give {} to {}", kLowestPriority, kHighestPriority));
  }
}

Job job_of(const Demand& demand, const JobInfo& info, double now) {
  Job job;
  job.priority = static_cast<std::int8_t>(info.priority);
  job.can_release_host = demand.can_release_host;
  job.host_bytes = demand.host_bytes;
  job.cached_bytes = std::min(demand.cached_bytes, demand.host_bytes);
  job.resident_bytes = job.cached_bytes;
  for (std::size_t i = 0; i < demand.device_bytes.size(); ++i) {
    job.device[i] = {ledger::hash_text(demand.device_bytes[i].heap), demand.device_bytes[i].bytes};
  }
  job.min_cores = demand.min_cores;
  job.max_cores = demand.max_cores;
  job.queue_slots = demand.queue_slots;
  job.expected_seconds = demand.expected_seconds;
  job.asked_at = now;
  job.since = now;
  job.expected_start = ledger::kForever;
  job.name = ledger::to_text(info.name);
  return job;
}

/// Counts what the job brings as there, and refuses what would not fit even so.
void admit(Books& books, const Job& job, const Demand& demand) {
  ledger::adjust_what_is_left(books, job, static_cast<std::int64_t>(job.cached_bytes));
  ledger::refuse_what_never_fits(books, job, demand);
}

/// What would become of the job if it asked now; the books stay as they are.
Job try_out(const Books& books, Job row, const Demand& demand, double now) {
  Books trial = books;  // so that a job that does not start leaves no trace, not even somebody paused for it
  admit(trial, row, demand);
  row.id = trial.last_id + 1;
  trial.jobs.push_back(row);
  ledger::settle(trial, now);
  return trial.jobs.back();
}

/// A device that this process has not opened may be in use by others.
void draw_from_heaps(const Books& books, Job& row) {
  for (std::size_t pool = 0; pool < books.pools.size(); ++pool) {
    for (const ledger::HeapNeed& need : row.device) {
      if (need.heap != 0 && books.pools[pool].heap == need.heap) {
        row.pools.add(pool);
      }
    }
  }
}

HoldState state_of(const Job& job) {
  switch (job.state) {
    case JobState::running:
      return HoldState::running;
    case JobState::paused:
      return HoldState::paused;
    case JobState::waiting:
    case JobState::suspended:
      return HoldState::waiting;
  }
  return HoldState::waiting;
}

/// Names of heaps stand with the limits, not with the jobs.
std::string heap_name(const Books& books, std::uint64_t heap) {
  const auto pool = std::ranges::find(books.pools, heap, &ledger::Pool::heap);
  return pool == books.pools.end() ? "" : std::string(ledger::from_text(pool->name));
}

Holding holding_of(const Books& books, const Job& job, double now) {
  Holding holding{.name = std::string(ledger::from_text(job.name)),
                  .pid = job.member < books.members.size() ? books.members[job.member].pid : 0,
                  .state = state_of(job),
                  .priority = job.priority,
                  .age_seconds = std::max(0.0, now - job.asked_at),
                  .waited_seconds = ledger::waited_until(job, now),
                  .host_bytes = job.host_bytes,
                  .resident_bytes = job.resident_bytes,
                  .device_bytes = {},
                  .queue_slots = job.state == JobState::waiting ? 0 : job.queue_slots,
                  .cores = job.cores,
                  .min_cores = job.min_cores,
                  .max_cores = job.max_cores};
  for (const ledger::HeapNeed& need : job.device) {
    if (need.heap != 0 && job.state != JobState::waiting) {
      holding.device_bytes.push_back({heap_name(books, need.heap), need.bytes});
    }
  }
  return holding;
}

}  // namespace

Ledger::Ledger(std::function<Capacity()> measure, const LedgerPlace& place)
    : core_(std::make_shared<Core>(std::move(measure), place)) {}
Ledger::~Ledger() = default;

Lease Ledger::acquire(const Demand& demand, const JobInfo& job, const CancelToken& cancel, const OnWait& on_wait) {
  check(demand, job);
  cancel.check();
  core_->measure(kFreshSeconds);
  std::shared_ptr<LiveJob> live;
  core_->transact([&](Books& books, double now) {
    Job row = job_of(demand, job, now);
    row.member = core_->member();
    row.pools = core_->own_pools(books);
    admit(books, row, demand);
    live = core_->open(books, row);
  });
  Lease lease(std::make_unique<Lease::Grant>(core_, live));
  core_->await(
      *live, [](const Job& row) { return row.state != JobState::waiting; }, cancel, on_wait);
  return lease;
}

std::optional<Lease> Ledger::try_acquire(const Demand& demand, const JobInfo& job) {
  check(demand, job);
  core_->measure(kFreshSeconds);
  std::shared_ptr<LiveJob> live;
  core_->transact([&](Books& books, double now) {
    Job row = job_of(demand, job, now);
    row.member = core_->member();
    row.pools = core_->own_pools(books);
    if (try_out(books, row, demand, now).state == JobState::running) {
      admit(books, row, demand);
      live = core_->open(books, row);
    }
  });
  return live ? std::optional(Lease(std::make_unique<Lease::Grant>(core_, live))) : std::nullopt;
}

double Ledger::predict_wait(const Demand& demand, const JobInfo& job) {
  check(demand, job);
  core_->measure(kFreshSeconds);
  double seconds = 0;
  core_->transact([&](Books& books, double now) {
    Job row = job_of(demand, job, now);
    row.member = core_->member();
    row.pools = core_->own_pools(books);
    draw_from_heaps(books, row);
    const Job outcome = try_out(books, row, demand, now);
    seconds = outcome.state == JobState::running ? 0 : std::max(0.0, outcome.expected_start - now);
  });
  return seconds;
}

void Ledger::refresh() {
  core_->measure(0);
}

std::vector<Holding> Ledger::holdings() const {
  std::vector<Holding> holdings;
  const double now = seconds_now();
  core_->transact([](Books&, double) {});  // so that the dead are not listed
  core_->look([&](const Books& books) {
    for (const Job& job : books.jobs) {
      holdings.push_back(holding_of(books, job, now));
      holdings.back().own = job.member == core_->member();
    }
  });
  return holdings;
}

std::string Ledger::table_path() const {
  return core_->table_path();
}

std::vector<std::string> Ledger::notes() const {
  return core_->notes();
}

}  // namespace basalt
