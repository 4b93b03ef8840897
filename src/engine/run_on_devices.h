// A job on a state that is split over several devices.
#pragma once

#include "engine/job.h"

namespace basalt {

/// Once its lease is there.
void run_on_devices(Job& job);

}  // namespace basalt
