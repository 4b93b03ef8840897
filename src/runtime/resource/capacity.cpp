// Which limits of the inventory are shared by whom. The name of a limit is what processes recognise it by.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "basalt/ledger.h"

namespace basalt {
namespace {

/// What this process calls "/job" is another group in another container. Empty outside of containers.
std::string cgroup_namespace() {
  constexpr std::string_view kInitial = "cgroup:[4026531835]";  // PROC_CGROUP_INIT_INO of the kernel
  std::error_code ignored;
  const std::string name = std::filesystem::read_symlink("/proc/self/ns/cgroup", ignored).string();
  return name.empty() || name == kInitial ? "" : " in " + name;
}

CapacityLimit limit_of(Resource resource, const Limit& limit, const Inventory& inventory) {
  const bool bytes = resource == Resource::host_bytes;
  CapacityLimit result{.resource = resource, .name = limit.source, .value = limit.value};
  if (limit.source.starts_with("BASALT_")) {
    // this process's own, and counts from nothing; processes that work for one batch share it
    const char* group = std::getenv("BASALT_LEDGER_GROUP");  // NOLINT(concurrency-mt-unsafe): never changed by Basalt
    if (group != nullptr && *group != '\0') {
      result.shared = true;
      result.name += fmt::format(" of {}", group);
    }
    return result;
  }
  result.is_what_is_left = bytes && limit.source != "physical memory";
  result.shared = !limit.source.starts_with("RLIMIT_");
  if (limit.source.starts_with("cgroup")) {
    result.name += cgroup_namespace();
  } else if (limit.source == "processor affinity") {
    result.name += " " + inventory.allowed_processors;
  }
  return result;
}

}  // namespace

Capacity capacity_of(const Inventory& inventory) {
  Capacity capacity;
  const auto add_all = [&](Resource resource, const std::vector<Limit>& limits, const Limit& smallest) {
    for (const Limit& limit : limits) {
      capacity.limits.push_back(limit_of(resource, limit, inventory));
    }
    if (limits.empty()) {
      capacity.limits.push_back(limit_of(resource, smallest, inventory));
    }
  };
  add_all(Resource::cores, inventory.core_limits, inventory.cores);
  add_all(Resource::host_bytes, inventory.memory_limits, inventory.memory_bytes);
  return capacity;
}

}  // namespace basalt
