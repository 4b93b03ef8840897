// How many jobs of a batch run at a time, and on how many threads each.
#pragma once

#include <cstdint>
#include <vector>

#include "basalt/batch.h"
#include "basalt/inventory.h"

namespace basalt {

struct Crew {
  int workers = 1;
  int threads_per_job = 1;
};

/// Memory that the largest of the jobs will want, as far as a short look at some of them tells.
std::uint64_t sample_job_bytes(const std::vector<BatchJob>& jobs, const CancelToken& cancel);

/// One thread a job where there are as many jobs as cores: many small jobs do best side by side. Fewer workers, with
/// more threads each, where there are fewer jobs, or where `job_bytes` times the workers would not fit in memory.
/// `wanted_workers` and the threads that jobs ask for themselves go before.
Crew choose_crew(const std::vector<BatchJob>& jobs, int wanted_workers, const Inventory& inventory,
                 std::uint64_t job_bytes);

}  // namespace basalt
