// What a resumed batch takes over from its output file.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/batch/journal.h"

namespace basalt {

/// The seed of a batch: the one asked for, else that of the results, else a new one. Throws Error(bad_usage) where the
/// results have another than was asked for.
std::uint64_t seed_to_resume(const Journal& journal, const BatchSettings& settings);

/// Says of each of `count` jobs whether the journal has its results, and drops from the journal the lines of jobs that
/// ended without: they run again. `job` gives a job as it runs. Throws Error(bad_usage) for a file of another batch,
/// and where a job whose results are there has changed: nothing is run on top of results that would be lost.
std::vector<bool> take_up(Journal& journal, const std::function<BatchJob(std::uint64_t index)>& job,
                          std::uint64_t count);

}  // namespace basalt
