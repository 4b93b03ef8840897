// Operations that belong together wherever they are done: one that mixes several axes, and those around it that touch
// none but these. Part of cut_stages(), which has fewer of them to place then, and sees what a single axis leads to.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plan/program.h"

namespace basalt {

struct Cluster {
  Access access;
  std::uint32_t anchor = 0;               ///< The first that mixes several axes, or the only one.
  std::vector<std::uint32_t> operations;  ///< In the order in which they came.
};

/// Every operation is in one cluster. The clusters done one after another give what the operations in their order give;
/// they are ordered by their anchors.
std::vector<Cluster> cluster_operations(std::span<const Access> operations);

}  // namespace basalt
