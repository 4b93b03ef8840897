// A job whose state is a product, part by part on the CPU.
#pragma once

#include "engine/choose_parts.h"
#include "engine/job.h"

namespace basalt {

/// The largest part's, and what is kept of all parts until they are joined.
MemoryEstimate estimate_parts(const Request& request, const quantum::Script& script, const SplitProgram& split,
                              int threads);

/// Everything that can be refused is refused here, before memory is taken.
void prepare_parts(Job& job, const SplitProgram& split);

/// Once its lease is there.
void run_in_parts(Job& job, const SplitProgram& split);

}  // namespace basalt
