// One pattern on the resources of an engine.
#pragma once

#include "basalt/pattern.h"
#include "engine/resources.h"

namespace basalt {

/// Memory that a run is promised, on its threads or on one. Throws Error(bad_usage) for what no run would take.
std::uint64_t estimate_pattern_bytes(const PatternRequest& request);

/// Throws Error; never std::bad_alloc.
PatternReport run_pattern_request(Resources& resources, const PatternRequest& request, const PatternHooks& hooks);

}  // namespace basalt
