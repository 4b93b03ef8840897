// Pressure stall information: how long tasks waited for a processor, for memory, for input and output.
#pragma once

#include <filesystem>

#include "basalt/usage.h"

namespace basalt::metrics {

/// Fills the stalls of `usage` from the control group of this process (version 2), from the whole machine where the
/// group does not tell, and leaves out what nobody tells.
void read_pressure(const std::filesystem::path& root, Usage& usage);

}  // namespace basalt::metrics
