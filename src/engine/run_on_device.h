// A job on a state in the memory of a device.
#pragma once

#include "engine/job.h"

namespace basalt {

/// Once its lease is there.
void run_on_device(Job& job);

}  // namespace basalt
