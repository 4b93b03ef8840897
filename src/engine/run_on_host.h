// A job on a state in the host's memory.
#pragma once

#include "engine/job.h"

namespace basalt {

/// The opening, planned for the processors that job.limits are about.
std::shared_ptr<const ReadyCircuit> plan_opening(Job& job);

/// Once its lease is there.
void run_on_host(Job& job);

}  // namespace basalt
