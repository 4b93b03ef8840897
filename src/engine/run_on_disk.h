// Runs a job whose state is on disk.
#pragma once

#include "engine/job.h"

namespace basalt {

/// `job.disk` says how.
void run_on_disk(Job& job);

}  // namespace basalt
