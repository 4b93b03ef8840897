#include "runtime/resource/huge_pages.h"

#include <string>

#include "base/system_files.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;

/// The word in brackets: "always [madvise] never".
std::string chosen(std::string_view text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']', open);
  return close == std::string_view::npos ? "" : std::string(text.substr(open + 1, close - open - 1));
}

std::vector<HugePagePool> read_pools(const fs::path& folder) {
  std::vector<HugePagePool> pools;
  for (const auto& [kibibytes, entry] : numbered_entries(folder, "hugepages-", "kB")) {
    const auto total = read_system_number(entry / "nr_hugepages");
    if (kibibytes > 0 && kibibytes < (std::uint64_t{1} << 53) && total) {
      pools.push_back({.page_bytes = kibibytes * 1024,
                       .total = *total,
                       .free = read_system_number(entry / "free_hugepages").value_or(0)});
    }
  }
  return pools;
}

}  // namespace

void read_huge_pages(const fs::path& root, Inventory& inventory) {
  const fs::path folder = under(root, "/sys/kernel/mm/transparent_hugepage");
  inventory.huge_page_mode = chosen(read_system_file(folder / "enabled").value_or(""));
  const bool on = !inventory.huge_page_mode.empty() && inventory.huge_page_mode != "never";
  inventory.huge_page_bytes = on ? read_system_number(folder / "hpage_pmd_size").value_or(0) : 0;
  inventory.huge_page_pools = read_pools(under(root, "/sys/kernel/mm/hugepages"));
}

}  // namespace basalt
