// A grant in the hands of its job.
#include "runtime/resource/lease_grant.h"

namespace basalt {
namespace {

using ledger::Books;
using ledger::Job;
using ledger::JobState;

constexpr double kLookSeconds = 1e-3;  ///< Between two looks at the table from step boundaries.

/// Puts a job in line again for what it gave back.
void suspend(Job& job, double now) {
  job.waited = ledger::waited_until(job, now);
  job.since = now;
  job.state = JobState::suspended;
  job.resident_bytes = 0;
}

}  // namespace

Lease::Lease() noexcept = default;
Lease::Lease(std::unique_ptr<Grant> grant) noexcept : grant_(std::move(grant)) {}
Lease::Lease(Lease&& other) noexcept = default;
Lease& Lease::operator=(Lease&& other) noexcept = default;
Lease::~Lease() = default;

Lease::Grant::~Grant() {
  core->close(live);
}

int Lease::cores() const noexcept {
  return grant_ ? grant_->live->cores.load() : 0;
}

std::uint64_t Lease::host_bytes() const noexcept {
  return grant_ ? grant_->live->host_bytes.load() : 0;
}

Signal Lease::at_boundary() {
  if (!grant_) {
    return Signal::go_on;
  }
  const double now = seconds_now();
  if (now - grant_->looked_at >= kLookSeconds) {
    grant_->looked_at = now;
    if (grant_->core->is_lost()) {
      grant_->core->transact([](Books&, double) {});
    } else if (!grant_->core->is_up_to_date()) {
      grant_->core->look([](const Books&) {});
    }
  }
  return grant_->live->signal.load();
}

Signal Lease::wait_for_cores(const CancelToken& cancel, const OnWait& on_wait) {
  if (!grant_) {
    return Signal::go_on;
  }
  grant_->core->await(
      *grant_->live, [](const Job& job) { return job.state == JobState::running || job.asked_to_release; }, cancel,
      on_wait);
  return grant_->live->signal.load();
}

/// Changes the job's row in a turn; an empty lease has none.
template <typename Change>
void Lease::change(Change change_job) {
  if (grant_) {
    grant_->core->transact(
        [&](Books& books, double now) { change_job(*ledger::find_job(books, grant_->live->job.id), now); });
  }
}

void Lease::keep_host() {
  change([](Job& job, double) { job.can_release_host = false; });
}

void Lease::release_host() {
  change([](Job& job, double now) { suspend(job, now); });
}

void Lease::reacquire(const CancelToken& cancel, const OnWait& on_wait) {
  if (grant_) {
    grant_->core->await(
        *grant_->live, [](const Job& job) { return job.state != JobState::suspended; }, cancel, on_wait);
  }
}

void Lease::shrink_host(std::uint64_t bytes) {
  change([&](Job& job, double) {
    job.host_bytes = std::min(job.host_bytes, bytes);
    job.cached_bytes = std::min(job.cached_bytes, bytes);
    job.resident_bytes = std::min(job.resident_bytes, bytes);
  });
}

void Lease::note_resident(std::uint64_t bytes) {
  change([&](Job& job, double) { job.resident_bytes = std::min(job.host_bytes, bytes); });
}

void Lease::leave_cached(std::uint64_t bytes) {
  if (grant_) {
    grant_->live->leave_cached = bytes;
  }
}

}  // namespace basalt
