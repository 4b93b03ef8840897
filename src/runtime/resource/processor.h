// What the processor is: name, instruction sets, caches.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "basalt/inventory.h"

namespace basalt {

/// Fills `processor`, `features` and `caches` as far as they can be read.
void describe_processor(const std::filesystem::path& root, Inventory& inventory);

}  // namespace basalt
