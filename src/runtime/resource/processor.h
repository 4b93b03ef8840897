// What the processor is: name, instruction sets, caches, memory nodes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "basalt/inventory.h"

namespace basalt {

/// Fills `processor`, `features`, `caches`, `numa_nodes` and `huge_page_bytes` as far as they can be read.
void describe_processor(const std::filesystem::path& root, Inventory& inventory);

}  // namespace basalt
