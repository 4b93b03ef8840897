// A job on a state in the host's memory.
#pragma once

#include "engine/job.h"

namespace basalt {

/// Once its lease is there.
void run_on_host(Job& job);

}  // namespace basalt
