#include "runtime/resource/deal_cores.h"

#include <algorithm>
#include <array>

namespace basalt::ledger {
namespace {

constexpr std::uint64_t kMostCores = 1 << 20;

using Left = std::array<std::int64_t, kMostPools>;  ///< Cores that are left in each pool.

/// Takes `cores` from all pools of the job, or nothing where one of them has not as many.
bool take(const Books& books, const Job& job, std::int64_t cores, Left& left) noexcept {
  const auto is_core_pool = [&](std::size_t pool) {
    return draws_from(job, pool) && books.pools[pool].resource == Resource::cores;
  };
  for (std::size_t pool = 0; pool < books.pools.size(); ++pool) {
    if (is_core_pool(pool) && left[pool] < cores) {
      return false;
    }
  }
  for (std::size_t pool = 0; pool < books.pools.size(); ++pool) {
    left[pool] -= is_core_pool(pool) ? cores : 0;
  }
  return true;
}

/// Raises all jobs of one priority together, one core at a time, so that none is ahead that could share.
void raise_evenly(const Books& books, std::vector<Job*>& jobs, Left& left) {
  for (std::int32_t level = 1; !jobs.empty(); ++level) {
    std::erase_if(jobs, [&](Job* job) {
      if (job->cores >= level) {
        return false;  // its minimum is still ahead of the others
      }
      if (job->cores >= job->max_cores || !take(books, *job, 1, left)) {
        return true;
      }
      ++job->cores;
      return false;
    });
  }
}

/// The cores that a running job was granted: its minimum, or what a machine that shrank has.
std::int32_t granted_cores(const Books& books, const Job& job) noexcept {
  std::int64_t cores = job.min_cores;
  for (std::size_t pool = 0; pool < books.pools.size(); ++pool) {
    if (draws_from(job, pool) && books.pools[pool].resource == Resource::cores) {
      cores = std::min(cores, held_of(job, books.pools[pool]));
    }
  }
  return static_cast<std::int32_t>(cores);
}

}  // namespace

void deal_cores(Books& books) {
  Left left{};
  for (std::size_t pool = 0; pool < books.pools.size(); ++pool) {
    left[pool] = static_cast<std::int64_t>(std::min(books.pools[pool].capacity, kMostCores));
  }
  std::vector<Job*> running;
  for (Job& job : books.jobs) {
    job.cores = 0;
    if (job.state == JobState::running) {
      job.cores = granted_cores(books, job);
      take(books, job, job.cores, left);
      running.push_back(&job);
    }
  }
  std::ranges::stable_sort(running, std::ranges::greater{}, &Job::priority);
  for (auto first = running.begin(); first != running.end();) {
    const auto last =
        std::find_if(first, running.end(), [&](const Job* job) { return job->priority != (*first)->priority; });
    std::vector<Job*> equals(first, last);
    raise_evenly(books, equals, left);
    first = last;
  }
}

}  // namespace basalt::ledger
