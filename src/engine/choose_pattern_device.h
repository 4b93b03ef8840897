// Whether a pattern that names no backend runs on a device: where it is predicted to be done first.
#pragma once

#include <string>

#include "engine/choose_backend.h"
#include "engine/pattern_job.h"

namespace basalt {

/// True where it does, with the index of the device. Tells the report why. `fits_host`: the CPU can run it.
bool choose_device(PatternJob& job, bool fits_host, std::string& device);

/// The choice behind that. Pure but for `sources`.
BackendChoice choose_pattern_backend(const PatternJob& job, bool fits_host, const BackendSources& sources);

}  // namespace basalt
