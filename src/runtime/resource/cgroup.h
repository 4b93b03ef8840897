// What control groups allow this process: versions 1, 2 and both at once, from its own group up to the root.
#pragma once

#include <filesystem>
#include <vector>

#include "basalt/inventory.h"

namespace basalt {

struct CgroupLimits {
  std::vector<Limit> cores;         ///< Quotas (rounded up) and cpusets.
  std::vector<Limit> memory_bytes;  ///< What is left under each limit: page cache that can be dropped counts as left.
};

/// Groups whose folder is not visible (those of a container's host) are passed over, their visible ancestors are not.
CgroupLimits read_cgroup_limits(const std::filesystem::path& root);

}  // namespace basalt
