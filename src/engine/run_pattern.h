// One pattern on the resources of an engine.
#pragma once

#include "basalt/pattern.h"
#include "engine/resources.h"

namespace basalt {

/// Throws Error; never std::bad_alloc.
PatternReport run_pattern_request(Resources& resources, const PatternRequest& request, const PatternHooks& hooks);

}  // namespace basalt
