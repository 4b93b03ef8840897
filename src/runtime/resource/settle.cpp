// One pass walks all jobs that wait for something, the first in rank first. Each starts now if what is free allows it,
// reservations of those before it included; else the start that it could have is reserved, so that nobody behind delays
// it. How long jobs run is their own prediction. Where nobody predicted, what a job lacks is closed to all behind it.
#include "runtime/resource/settle.h"

#include <algorithm>
#include <utility>

#include "runtime/resource/deal_cores.h"
#include "runtime/resource/free_profile.h"

namespace basalt::ledger {
namespace {

using Measure = std::int64_t (*)(const Job&, const Pool&) noexcept;

/// When a running job is expected to end: what it said, doubled until it is right again.
double expected_end(const Job& job, double now) {
  if (job.state != JobState::running || job.expected_seconds <= 0) {
    return kForever;
  }
  const double ran = std::max(0.0, now - job.since);
  double expected = job.expected_seconds;
  while (expected <= ran) {
    expected *= 2;
  }
  return job.since + expected;
}

void pause(Job& job, double now) {
  job.state = JobState::paused;
  job.since = now;
  job.expected_start = kForever;
}

class Pass {
 public:
  Pass(Books& books, double now)
      : books_(books), now_(now), free_now_(everything()), free_(now, free_now_), stuck_(free_now_.size()) {
    for (const Job& job : books_.jobs) {
      if (job.state != JobState::waiting || job.cached_bytes > 0) {
        const Amounts held = amounts(job, held_of);
        free_.change(held, -1, now, expected_end(job, now));
        add(held, -1, free_now_);
        if (job.state == JobState::suspended) {
          add(held, 1, stuck_);
        }
      }
    }
  }

  /// Returns whether somebody was paused, so that others may have become able to start.
  bool run() {
    for (Job* job : in_order()) {
      serve(*job);
    }
    return somebody_paused_;
  }

 private:
  Amounts everything() const {
    Amounts capacities;
    capacities.reserve(books_.pools.size());
    for (const Pool& pool : books_.pools) {
      constexpr auto kMost = std::uint64_t{1} << 61;
      capacities.push_back(static_cast<std::int64_t>(std::min(pool.capacity, kMost)));
    }
    return capacities;
  }

  Amounts amounts(const Job& job, Measure measure) const {
    Amounts result(books_.pools.size());
    for (std::size_t pool = 0; pool < result.size(); ++pool) {
      result[pool] = draws_from(job, pool) ? measure(job, books_.pools[pool]) : 0;
    }
    return result;
  }

  static void add(const Amounts& amounts, int sign, Amounts& sum) {
    for (std::size_t pool = 0; pool < sum.size(); ++pool) {
      sum[pool] += sign * amounts[pool];
    }
  }

  std::vector<Job*> in_order() const {
    std::vector<std::pair<double, Job*>> ranked;
    for (Job& job : books_.jobs) {
      if (job.state != JobState::running) {
        ranked.emplace_back(-rank_of(job, now_), &job);
      }
    }
    std::ranges::stable_sort(ranked, {}, &std::pair<double, Job*>::first);  // equals stay in the order of asking
    std::vector<Job*> jobs;
    jobs.reserve(ranked.size());
    for (const auto& [rank, job] : ranked) {
      jobs.push_back(job);
    }
    return jobs;
  }

  void serve(Job& job) {
    if (!can_ever_fit(books_, job)) {
      job.expected_start = kForever;  // what cannot start keeps nothing from the others
      return;
    }
    const double seconds = job.expected_seconds > 0 ? job.expected_seconds : kForever;
    const Amounts wanted = amounts(job, wanted_of);
    const bool can_reserve = reservations_ < kReservations && !waits_for_one_that_waits(wanted);
    const double earliest = can_reserve || free_.fits_now(wanted) ? free_.earliest(wanted, seconds) : kForever;
    const bool starts = earliest <= now_ || (job.state == JobState::paused && fits_now(wanted));
    const Room room = starts ? Room::made : make_room(job, wanted, seconds);
    job.expected_start = can_reserve ? earliest : kForever;
    if (room == Room::made) {
      free_.change(wanted, -1, now_, now_ + seconds);
      add(wanted, -1, free_now_);
      start(job);
    } else if (can_reserve) {
      ++reservations_;
      const bool any_moment = room == Room::asked_for || earliest == kForever;
      const double begin = any_moment ? now_ : earliest;
      free_.change(wanted, -1, begin, begin + seconds);
    }
  }

  /// Whether it is free now, reservations aside. A paused job may have it: it holds memory that those before it may be
  /// waiting for, and gives the cores back when one of them can start.
  bool fits_now(const Amounts& wanted) const {
    for (std::size_t pool = 0; pool < wanted.size(); ++pool) {
      if (wanted[pool] > 0 && free_now_[pool] < wanted[pool]) {
        return false;
      }
    }
    return true;
  }

  /// Whether suspended jobs hold what is lacking. If that reserved the memory they wait for, each would wait for the
  /// other.
  bool waits_for_one_that_waits(const Amounts& wanted) const {
    for (std::size_t pool = 0; pool < wanted.size(); ++pool) {
      if (wanted[pool] > 0 && stuck_[pool] > 0 && free_now_[pool] < wanted[pool]) {
        return true;
      }
    }
    return false;
  }

  void start(Job& job) const {
    job.waited = waited_until(job, now_);
    job.since = now_;
    job.state = JobState::running;
    job.expected_start = now_;
  }

  /// Jobs that may be held up for `job`, those that matter least first.
  std::vector<Job*> victims_for(const Job& job) const {
    std::vector<Job*> victims;
    for (Job& other : books_.jobs) {
      // age protects, too: who has waited long is not sent back to wait by everyone who comes new
      if (other.priority < job.priority && other.state != JobState::waiting && comes_before(job, other, now_)) {
        victims.push_back(&other);
      }
    }
    std::ranges::sort(victims, [&](const Job* a, const Job* b) { return matters_less(*a, *b, now_); });
    return victims;
  }

  enum class Room : std::uint8_t { none, asked_for, made };

  /// Takes cores from jobs of lower priority if that lets `job` start. If it takes their memory, too, asks for that.
  Room make_room(const Job& job, const Amounts& wanted, double seconds) {
    const std::vector<Job*> victims = victims_for(job);
    FreeProfile freed = free_;
    std::vector<Job*> to_pause;
    for (Job* victim : victims) {
      if (victim->state == JobState::running && give_back(*victim, Resource::cores, wanted, freed)) {
        to_pause.push_back(victim);
        if (freed.earliest(wanted, seconds) <= now_) {
          for (Job* paused : to_pause) {
            add(amounts(*paused, held_of), 1, free_now_);
            pause(*paused, now_);
            add(amounts(*paused, held_of), -1, free_now_);
          }
          somebody_paused_ = true;
          free_ = std::move(freed);
          return Room::made;
        }
      }
    }
    std::vector<Job*> to_ask;
    for (Job* victim : victims) {
      const bool has_memory = victim->state == JobState::running || victim->state == JobState::paused;
      if (has_memory && victim->can_release_host && give_back(*victim, Resource::host_bytes, wanted, freed)) {
        to_ask.push_back(victim);
        if (freed.earliest(wanted, seconds) <= now_) {
          std::ranges::for_each(to_ask, [](Job* asked) { asked->asked_to_release = true; });
          return Room::asked_for;
        }
      }
    }
    return Room::none;
  }

  /// Adds what the victim holds of a resource to `freed`; false where `wanted` has no use for it.
  bool give_back(const Job& victim, Resource resource, const Amounts& wanted, FreeProfile& freed) const {
    Amounts held = amounts(victim, held_of);
    bool useful = false;
    for (std::size_t pool = 0; pool < held.size(); ++pool) {
      held[pool] = books_.pools[pool].resource == resource ? held[pool] : 0;
      useful = useful || (held[pool] > 0 && wanted[pool] > 0);
    }
    if (useful) {
      freed.change(held, 1, now_, expected_end(victim, now_));
    }
    return useful;
  }

  Books& books_;
  double now_;
  Amounts free_now_;  ///< Reservations aside.
  FreeProfile free_;  ///< Less what is reserved.
  Amounts stuck_;     ///< Held by suspended jobs.
  int reservations_ = 0;
  bool somebody_paused_ = false;
};

/// Cores that went away are taken from those who matter least.
void pause_for_lack_of_cores(Books& books, double now) {
  for (std::size_t pool = 0; pool < books.pools.size(); ++pool) {
    if (books.pools[pool].resource != Resource::cores) {
      continue;
    }
    std::vector<Job*> running;
    std::int64_t held = 0;
    for (Job& job : books.jobs) {
      if (draws_from(job, pool) && job.state == JobState::running && job.min_cores > 0) {
        running.push_back(&job);
        held += held_of(job, books.pools[pool]);
      }
    }
    std::ranges::sort(running, [&](const Job* a, const Job* b) { return matters_less(*a, *b, now); });
    for (Job* job : running) {
      if (held <= static_cast<std::int64_t>(books.pools[pool].capacity)) {
        break;
      }
      held -= held_of(*job, books.pools[pool]);
      pause(*job, now);
    }
  }
}

}  // namespace

bool can_ever_fit(const Books& books, const Job& job) noexcept {
  for (std::size_t pool = 0; pool < books.pools.size(); ++pool) {
    const Pool& limit = books.pools[pool];
    const std::int64_t needed = held_of(job, limit) + wanted_of(job, limit);
    if (draws_from(job, pool) && needed > 0 && static_cast<std::uint64_t>(needed) > limit.capacity) {
      return false;
    }
  }
  return true;
}

void settle(Books& books, double now) {
  // a second pass for those who can use what a pause left over; more would only move crumbs
  constexpr int kPasses = 2;
  for (Job& job : books.jobs) {
    job.asked_to_release = false;
  }
  pause_for_lack_of_cores(books, now);
  for (int i = 0; i < kPasses && Pass(books, now).run(); ++i) {
  }
  deal_cores(books);
}

}  // namespace basalt::ledger
