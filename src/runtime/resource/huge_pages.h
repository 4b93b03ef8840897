// Which huge pages there are.
#pragma once

#include <filesystem>

#include "basalt/inventory.h"

namespace basalt {

/// Fills `huge_page_bytes`, `huge_page_mode` and `huge_page_pools`.
void read_huge_pages(const std::filesystem::path& root, Inventory& inventory);

}  // namespace basalt
