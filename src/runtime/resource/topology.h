// How the processors and the memory hang together: sockets, cores, hardware threads, kinds of cores, memory nodes.
#pragma once

#include <filesystem>

#include "basalt/inventory.h"

namespace basalt {

/// Fills `sockets`, `physical_cores`, `threads_per_core`, `core_kinds`, `numa_nodes` and `nodes` as far as they can be
/// read; where they cannot, every processor counts as a core of one kind.
void describe_topology(const std::filesystem::path& root, Inventory& inventory);

}  // namespace basalt
