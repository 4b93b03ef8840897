// On which processors a thread may run.
#pragma once

#include <vector>

namespace basalt {

/// Those that the calling thread may run on, by the system's numbers; empty if the system does not say.
std::vector<int> allowed_processors();

/// Confines the calling thread, unless `processors` is empty; what the system refuses is ignored, for a place is a wish
/// and not a need.
void confine_thread(const std::vector<int>& processors) noexcept;

/// Throws Error(bad_usage) if the calling thread may not run on one of them.
void check_processors(const std::vector<int>& processors);

}  // namespace basalt
