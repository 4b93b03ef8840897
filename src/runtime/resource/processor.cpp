// From /proc/cpuinfo and /sys. Where /sys shows no caches, as in some containers, hwloc asks the processor itself.
#include "runtime/resource/processor.h"

#include <hwloc.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include "base/system_files.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;

/// Instruction sets that kernels are dispatched by, as Linux names them on x86-64 and AArch64.
constexpr std::array<std::string_view, 14> kFeatures = {"sse4_1",   "sse4_2",   "avx",      "avx2",     "fma",
                                                        "avx512f",  "avx512dq", "avx512bw", "avx512vl", "avx512_bf16",
                                                        "amx_tile", "asimd",    "sve",      "sve2"};
constexpr int kMaxCaches = 16;

/// The value after the colon on the first line that starts with `key`.
std::string_view cpuinfo_entry(std::string_view cpuinfo, std::string_view key) {
  const std::string_view entry = find_entry(cpuinfo, key).value_or("");
  const std::size_t colon = entry.find(": ");
  return colon == std::string_view::npos ? std::string_view{} : entry.substr(colon + 2);
}

std::vector<std::string> features_of(std::string_view cpuinfo) {
  std::string_view flags = cpuinfo_entry(cpuinfo, "flags");
  if (flags.empty()) {
    flags = cpuinfo_entry(cpuinfo, "Features");
  }
  const auto present = split(flags, ' ');
  std::vector<std::string> features;
  for (const std::string_view feature : kFeatures) {
    if (std::ranges::find(present, feature) != present.end()) {
      features.emplace_back(feature);
    }
  }
  return features;
}

/// "48K", "32M".
std::optional<std::uint64_t> cache_bytes(std::string_view size) {
  const std::optional<std::uint64_t> number = leading_number(size);
  const int shift = size.find('K') != std::string_view::npos ? 10 : size.find('M') != std::string_view::npos ? 20 : 0;
  return number && *number < (std::uint64_t{1} << 32) ? std::optional(*number << shift) : std::nullopt;
}

/// Data and unified caches of the first processor that is online.
std::vector<CacheLevel> caches_of_files(const fs::path& root) {
  const fs::path processors = under(root, "/sys/devices/system/cpu");
  const auto first = leading_number(read_system_file(processors / "online").value_or("0")).value_or(0);
  const fs::path folder = processors / ("cpu" + std::to_string(first)) / "cache";
  std::vector<CacheLevel> caches;
  for (int i = 0; i < kMaxCaches; ++i) {
    const fs::path cache = folder / ("index" + std::to_string(i));
    const std::optional<std::uint64_t> level = read_system_number(cache / "level");
    const std::optional<std::uint64_t> size = cache_bytes(read_system_file(cache / "size").value_or(""));
    if (!level || !size || *size == 0 || read_system_file(cache / "type").value_or("").starts_with("Instruction")) {
      continue;
    }
    const std::uint64_t shared = count_listed(read_system_file(cache / "shared_cpu_list").value_or("")).value_or(1);
    caches.push_back({.level = static_cast<int>(*level), .size_bytes = *size, .shared_by = static_cast<int>(shared)});
  }
  return caches;
}

/// Of the machine Basalt runs on.
std::vector<CacheLevel> caches_of_hwloc() {
  struct Destroy {
    void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
  };
  hwloc_topology_t created = nullptr;
  if (hwloc_topology_init(&created) != 0) {
    return {};
  }
  const std::unique_ptr<hwloc_topology, Destroy> topology(created);
  // The component for Linux reads the same files again, and prints to stderr that they are missing.
  if (hwloc_topology_set_components(created, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "linux") != 0 ||
      hwloc_topology_load(created) != 0) {
    return {};
  }
  std::vector<CacheLevel> caches;
  for (hwloc_obj_t object = hwloc_get_obj_by_type(created, HWLOC_OBJ_PU, 0); object != nullptr;
       object = object->parent) {
    if (hwloc_obj_type_is_dcache(object->type) != 0 && object->attr->cache.size > 0) {
      caches.push_back({.level = static_cast<int>(object->attr->cache.depth),
                        .size_bytes = object->attr->cache.size,
                        .shared_by = std::max(1, hwloc_bitmap_weight(object->cpuset))});
    }
  }
  return caches;
}

}  // namespace

void describe_processor(const fs::path& root, Inventory& inventory) {
  const std::string cpuinfo = read_system_file(under(root, "/proc/cpuinfo")).value_or("");
  inventory.processor = cpuinfo_entry(cpuinfo, "model name");
  if (inventory.processor.empty()) {  // AArch64 has no model name; boards have one
    const std::string model = read_system_file(under(root, "/sys/firmware/devicetree/base/model")).value_or("");
    inventory.processor = model.empty() ? "unknown processor" : model.substr(0, model.find('\0'));
  }
  inventory.features = features_of(cpuinfo);
  inventory.caches = caches_of_files(root);
  if (inventory.caches.empty() && root == "/") {
    inventory.caches = caches_of_hwloc();
  }
  std::ranges::sort(inventory.caches, {}, &CacheLevel::level);
}

}  // namespace basalt
