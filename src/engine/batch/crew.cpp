#include "engine/batch/crew.h"

#include <algorithm>
#include <limits>

#include "base/stopwatch.h"
#include "engine/batch/program_cache.h"
#include "engine/memory_budget.h"
#include "engine/prepared_program.h"
#include "engine/run_pattern.h"

namespace basalt {
namespace {

/// Of all circuits so many are looked at, evenly spread, for no longer than this.
constexpr std::size_t kMostSamples = 16;
constexpr double kMostSeconds = 0.5;

std::uint64_t bytes_of(const BatchJob& job, ProgramCache& programs, const CancelToken& cancel) {
  if (job.pattern) {
    return estimate_pattern_bytes(*job.pattern);
  }
  const ProgramCache::Entry program = programs.get(job, cancel);
  return estimate_memory(job.request, program.prepared->script).promised_bytes();
}

int threads_of(const BatchJob& job) {
  return job.pattern ? job.pattern->threads.value_or(0) : job.request.threads;
}

}  // namespace

std::uint64_t sample_job_bytes(const std::vector<BatchJob>& jobs, const CancelToken& cancel) {
  const Stopwatch watch;
  ProgramCache programs;
  std::uint64_t most = 0;
  const std::size_t samples = std::min(kMostSamples, jobs.size());
  for (std::size_t i = 0; i < samples && watch.seconds() < kMostSeconds; ++i) {
    const BatchJob& job = jobs[i * jobs.size() / samples];
    try {
      most = std::max(most, bytes_of(job, programs, cancel));
    } catch (const Error&) {
      // A job that is wrong says so when its turn comes.
      cancel.check();
    }
  }
  return most;
}

Crew choose_crew(const std::vector<BatchJob>& jobs, int wanted_workers, const Inventory& inventory,
                 std::uint64_t job_bytes) {
  const auto cores = static_cast<int>(inventory.cores.value);
  int wanted_threads = 1;
  for (const BatchJob& job : jobs) {
    wanted_threads = std::max(wanted_threads, threads_of(job));
  }
  const int most = static_cast<int>(std::clamp<std::size_t>(jobs.size(), 1, std::numeric_limits<int>::max()));
  Crew crew{.workers = std::min(wanted_workers, most), .threads_per_job = 1};
  if (wanted_workers == 0) {
    const std::uint64_t fitting =
        std::max<std::uint64_t>(1, inventory.memory_bytes.value / std::max<std::uint64_t>(1, job_bytes));
    crew.workers = static_cast<int>(std::min(
        {static_cast<std::uint64_t>(std::max(1, cores / wanted_threads)), fitting, std::uint64_t{jobs.size()}}));
  }
  crew.threads_per_job = std::max(1, cores / crew.workers);
  return crew;
}

}  // namespace basalt
