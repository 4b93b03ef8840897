// Runs a job whose state is in the host's memory, and whose gates a device applies tile by tile.
#pragma once

#include "engine/job.h"

namespace basalt {

/// `job.streamed` says how large tiles are.
void run_streamed(Job& job);

}  // namespace basalt
