// One request on the resources of an engine.
#pragma once

#include "basalt/engine.h"
#include "engine/resources.h"

namespace basalt {

/// What a failed allocation of small memory becomes.
Error out_of_memory();

/// Throws Error; never std::bad_alloc.
Report run_request(Resources& resources, const Request& request, const RunHooks& hooks);

}  // namespace basalt
