// From /sys/devices/system/{cpu,node}; containers that hide those still show /proc/cpuinfo.
#include "runtime/resource/topology.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/system_files.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;

using CoreId = std::pair<std::uint64_t, std::uint64_t>;  ///< Socket, and core within it.

std::optional<CoreId> core_of_files(const fs::path& processor) {
  const auto core = read_system_number(processor / "topology/core_id");
  const auto socket = read_system_number(processor / "topology/physical_package_id");
  return core ? std::optional(CoreId{socket.value_or(0), *core}) : std::nullopt;
}

/// The value of a line such as "core id : 3" in a paragraph of /proc/cpuinfo.
std::optional<std::uint64_t> cpuinfo_number(std::string_view paragraph, std::string_view key) {
  const std::string_view entry = find_entry(paragraph, key).value_or("");
  const std::size_t colon = entry.find(':');
  return colon == std::string_view::npos ? std::nullopt : leading_number(entry.substr(colon + 1));
}

std::vector<CoreId> cores_of_cpuinfo(std::string_view cpuinfo) {
  std::vector<CoreId> cores;
  while (!cpuinfo.empty()) {
    const std::size_t end = std::min(cpuinfo.find("\n\n"), cpuinfo.size());
    const std::string_view paragraph = cpuinfo.substr(0, end);
    if (const auto core = cpuinfo_number(paragraph, "core id")) {
      cores.emplace_back(cpuinfo_number(paragraph, "physical id").value_or(0), *core);
    }
    cpuinfo.remove_prefix(std::min(end + 2, cpuinfo.size()));
  }
  return cores;
}

void count_cores(const std::vector<CoreId>& processors, Inventory& inventory) {
  std::map<CoreId, int> threads;
  std::set<std::uint64_t> sockets;
  for (const CoreId& core : processors) {
    ++threads[core];
    sockets.insert(core.first);
  }
  inventory.physical_cores = static_cast<int>(threads.size());
  inventory.sockets = static_cast<int>(sockets.size());
  inventory.threads_per_core = 1;
  for (const auto& [core, count] : threads) {
    inventory.threads_per_core = std::max(inventory.threads_per_core, count);
  }
}

std::uint64_t most_frequency(const fs::path& processors, const std::vector<int>& numbers) {
  std::uint64_t most = 0;
  for (const int number : numbers) {
    const fs::path file = processors / ("cpu" + std::to_string(number)) / "cpufreq/cpuinfo_max_freq";
    most = std::max(most, read_system_number(file).value_or(0) * 1000);  // kHz
  }
  return most;
}

/// Processors by how much they can do, the most first. One group where all are alike or nobody says.
std::vector<std::vector<int>> groups_of(const fs::path& root, const fs::path& processors,
                                        const std::vector<int>& online) {
  // x86 has a performance counter unit for each kind; Arm a capacity for each processor
  const auto fast = list_numbers(read_system_file(under(root, "/sys/devices/cpu_core/cpus")).value_or(""));
  const auto frugal = list_numbers(read_system_file(under(root, "/sys/devices/cpu_atom/cpus")).value_or(""));
  if (fast && frugal) {
    return {*fast, *frugal};
  }
  std::map<std::uint64_t, std::vector<int>, std::greater<>> by_capacity;
  for (const int number : online) {
    const fs::path file = processors / ("cpu" + std::to_string(number)) / "cpu_capacity";
    by_capacity[read_system_number(file).value_or(0)].push_back(number);
  }
  std::vector<std::vector<int>> groups;
  groups.reserve(by_capacity.size());
  for (auto& [capacity, numbers] : by_capacity) {
    groups.push_back(std::move(numbers));
  }
  return groups;
}

std::string name_of_kind(std::size_t place, std::size_t kinds) {
  if (kinds <= 1) {
    return "core";
  }
  return place == 0 ? "performance" : place + 1 == kinds ? "efficient" : "middle";
}

std::vector<NumaNode> read_nodes(const fs::path& root) {
  const fs::path folder = under(root, "/sys/devices/system/node");
  std::vector<NumaNode> nodes;
  for (const int id : list_numbers(read_system_file(folder / "online").value_or("")).value_or(std::vector<int>{})) {
    const fs::path node = folder / ("node" + std::to_string(id));
    const std::string label = "Node " + std::to_string(id) + " MemTotal:";
    const std::string meminfo = read_system_file(node / "meminfo").value_or("");
    const std::uint64_t kibibytes = leading_number(find_entry(meminfo, label).value_or("")).value_or(0);
    nodes.push_back(
        {.id = id,
         .memory_bytes = std::min(kibibytes, std::uint64_t{1} << 53) * 1024,
         .processors = list_numbers(read_system_file(node / "cpulist").value_or("")).value_or(std::vector<int>{})});
  }
  return nodes;
}

}  // namespace

void describe_topology(const fs::path& root, Inventory& inventory) {
  const fs::path processors = under(root, "/sys/devices/system/cpu");
  const std::vector<int> online =
      list_numbers(read_system_file(processors / "online").value_or("")).value_or(std::vector<int>{});
  std::vector<CoreId> cores;
  for (const int number : online) {
    if (const auto core = core_of_files(processors / ("cpu" + std::to_string(number)))) {
      cores.push_back(*core);
    }
  }
  if (cores.size() != online.size() || cores.empty()) {
    cores = cores_of_cpuinfo(read_system_file(under(root, "/proc/cpuinfo")).value_or(""));
  }
  if (!cores.empty()) {
    count_cores(cores, inventory);
  } else {
    inventory.physical_cores = std::max(1, static_cast<int>(online.size()));
  }

  const std::vector<std::vector<int>> groups = groups_of(root, processors, online);
  for (std::size_t place = 0; place < groups.size(); ++place) {
    inventory.core_kinds.push_back({.name = name_of_kind(place, groups.size()),
                                    .processors = static_cast<int>(groups[place].size()),
                                    .most_frequency_hz = most_frequency(processors, groups[place])});
  }
  if (inventory.core_kinds.empty()) {
    inventory.core_kinds.push_back({.name = "core", .processors = std::max(1, static_cast<int>(cores.size()))});
  }
  inventory.nodes = read_nodes(root);
  inventory.numa_nodes = std::max(1, static_cast<int>(inventory.nodes.size()));
}

}  // namespace basalt
