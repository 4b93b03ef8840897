// The scheduler on a machine of numbers and a clock that jumps: jobs arrive, compute as fast as their cores allow, and
// do what they are asked at their next step boundary. Every moment is checked for over-commitment.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/resource/free_profile.h"
#include "runtime/resource/settle.h"

namespace basalt::test {

struct SimulatedJob {
  double arrives = 0;
  double core_seconds = 1;  ///< Of work; a job without cores of its own (min = max = 0) takes as many seconds.
  std::uint64_t host_bytes = 0;
  int min_cores = 1;
  int max_cores = 1;
  int queue_slots = 0;
  int priority = 0;
  double estimate = 1;  ///< Predicted by true seconds at the minimum of cores; 0: the job does not know.
  bool can_release_host = false;

  [[nodiscard]] double seconds() const { return core_seconds / std::max(1, min_cores); }
};

struct Outcome {
  double started = -1;
  double ended = -1;
  double promised = ledger::kForever;  ///< The start that was kept free for it when it arrived.
};

class SimulatedMachine {
 public:
  SimulatedMachine(std::uint64_t host_bytes, std::uint64_t cores, std::uint64_t slots = 0,
                   double boundary_seconds = 0.1)
      : boundary_seconds_(boundary_seconds) {
    const auto add = [&](Resource resource, std::uint64_t capacity) {
      books_.pools.push_back({.key = books_.pools.size() + 1, .capacity = capacity, .resource = resource});
      pools_.add(books_.pools.size() - 1);
    };
    add(Resource::host_bytes, host_bytes);
    add(Resource::cores, cores);
    add(Resource::queue_slots, slots);
  }

  /// Runs all jobs to their end. Throws std::runtime_error where more is held than there is, or where everything waits
  /// for ever.
  std::vector<Outcome> run(const std::vector<SimulatedJob>& jobs) {
    outcomes_.assign(jobs.size(), {});
    jobs_ = jobs;
    std::vector<std::size_t> order(jobs.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return jobs[i].arrives; });
    std::size_t next = 0;
    while (next < order.size() || !left_.empty()) {
      double at = next_event();
      if (next < order.size()) {
        at = std::min(at, jobs[order[next]].arrives);
      }
      if (at == ledger::kForever) {
        throw std::runtime_error("everything waits for ever at " + std::to_string(now_));
      }
      advance(at);
      while (next < order.size() && jobs[order[next]].arrives <= now_) {
        ask(order[next++]);
      }
      settle();
    }
    return outcomes_;
  }

  [[nodiscard]] double now() const { return now_; }

 private:
  struct Left {
    std::size_t index = 0;
    double core_seconds = 0;
    double release_at = ledger::kForever;
  };

  void ask(std::size_t index) {
    const SimulatedJob& from = jobs_[index];
    ledger::Job job;
    job.id = ++books_.last_id;
    job.pools = pools_;
    job.priority = static_cast<std::int8_t>(from.priority);
    job.host_bytes = from.host_bytes;
    job.min_cores = from.min_cores;
    job.max_cores = from.max_cores;
    job.queue_slots = from.queue_slots;
    job.expected_seconds = from.seconds() * from.estimate;
    job.can_release_host = from.can_release_host;
    job.asked_at = job.since = now_;
    books_.jobs.push_back(job);
    left_[job.id] = {.index = index, .core_seconds = from.core_seconds};
  }

  static double speed(const ledger::Job& job) {
    const int cores = job.max_cores == 0 ? 1 : job.cores;
    return job.state == ledger::JobState::running ? cores : 0;
  }

  double next_event() const {
    double at = ledger::kForever;
    for (const ledger::Job& job : books_.jobs) {
      const Left& left = left_.at(job.id);
      at = std::min(at, left.release_at);
      if (speed(job) > 0) {
        at = std::min(at, now_ + left.core_seconds / speed(job));
      }
    }
    return at;
  }

  void advance(double at) {
    const double seconds = at - now_;
    now_ = at;
    for (ledger::Job& job : books_.jobs) {
      Left& left = left_.at(job.id);
      left.core_seconds -= seconds * speed(job);
      if (speed(job) > 0 && left.core_seconds <= 1e-9 * (1 + now_)) {
        outcomes_[left.index].ended = now_;
        left_.erase(job.id);
        job.id = 0;
      } else if (left.release_at <= now_) {
        job.waited = ledger::waited_until(job, now_);
        job.since = now_;
        job.state = ledger::JobState::suspended;
        left.release_at = ledger::kForever;
      }
    }
    std::erase_if(books_.jobs, [](const ledger::Job& job) { return job.id == 0; });
  }

  void settle() {
    ledger::settle(books_, now_);
    check();
    for (const ledger::Job& job : books_.jobs) {
      Left& left = left_.at(job.id);
      Outcome& outcome = outcomes_[left.index];
      if (job.state == ledger::JobState::running && outcome.started < 0) {
        outcome.started = now_;
      }
      if (outcome.started < 0) {
        outcome.promised = std::min(outcome.promised, job.expected_start);
      }
      const bool asked = job.asked_to_release && job.state != ledger::JobState::suspended;
      left.release_at = asked ? std::min(left.release_at, now_ + boundary_seconds_) : ledger::kForever;
    }
  }

  void check() const {
    for (std::size_t pool = 0; pool < books_.pools.size(); ++pool) {
      const ledger::Pool& limit = books_.pools[pool];
      std::int64_t held = 0;
      std::int64_t cores = 0;
      for (const ledger::Job& job : books_.jobs) {
        held += ledger::held_of(job, limit);
        cores += job.cores;
      }
      const std::int64_t most = limit.resource == Resource::cores ? std::max(held, cores) : held;
      if (most > static_cast<std::int64_t>(limit.capacity)) {
        throw std::runtime_error("over-committed at " + std::to_string(now_));
      }
    }
    for (const ledger::Job& job : books_.jobs) {
      const bool running = job.state == ledger::JobState::running;
      if (running ? job.cores < job.min_cores || job.cores > job.max_cores : job.cores != 0) {
        throw std::runtime_error("a job has cores out of its bounds at " + std::to_string(now_));
      }
    }
  }

  double boundary_seconds_;
  double now_ = 0;
  ledger::Books books_;
  ledger::PoolSet pools_;
  std::vector<SimulatedJob> jobs_;
  std::vector<Outcome> outcomes_;
  std::map<std::uint64_t, Left> left_;
};

}  // namespace basalt::test
