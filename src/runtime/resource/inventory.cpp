// Collects every limit that is found and takes the smallest. All of it is read from files, so that a test can show the
// files of any machine.
#include "basalt/inventory.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "basalt/error.h"
#include "base/system_files.h"
#include "runtime/resource/cgroup.h"
#include "runtime/resource/huge_pages.h"
#include "runtime/resource/processor.h"
#include "runtime/resource/spill_space.h"
#include "runtime/resource/topology.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;

void add(std::vector<Limit>& limits, std::optional<std::uint64_t> value, std::string source) {
  if (value) {
    limits.push_back({*value, std::move(source)});
  }
}

Limit smallest(const std::vector<Limit>& limits, const Limit& otherwise) {
  const auto found = std::ranges::min_element(limits, {}, &Limit::value);
  return found == limits.end() ? otherwise : *found;
}

/// A variable of the environment; set but empty counts as not set.
std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing in Basalt changes the environment
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::uint64_t> threads_wanted() {
  const std::optional<std::string> text = variable("BASALT_THREADS");
  if (!text) {
    return std::nullopt;
  }
  std::uint64_t threads = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), threads);
  if (error != std::errc() || end != text->data() + text->size() || threads == 0) {
    throw Error(ErrorCode::bad_usage, "BASALT_THREADS: \"" + text->substr(0, 40) + "\" is no number of threads",
                "give a whole number from 1 on, or unset it");
  }
  return threads;
}

/// Processors that this process may be scheduled on, as a list such as "0-5,8".
std::string allowed_processors(const fs::path& root) {
  const std::string status = read_system_file(under(root, "/proc/self/status")).value_or("");
  const std::string_view listed = find_entry(status, "Cpus_allowed_list:").value_or("");
  cpu_set_t set;
  if (!listed.empty() || root != "/" || ::sched_getaffinity(0, sizeof(set), &set) != 0) {
    return std::string(listed);
  }
  std::string list;
  for (int number = 0; number < CPU_SETSIZE; ++number) {
    if (CPU_ISSET(number, &set)) {
      list += (list.empty() ? "" : ",") + std::to_string(number);
    }
  }
  return list;
}

std::vector<Limit> core_limits(const fs::path& root, const std::string& allowed, const std::vector<Limit>& cgroup) {
  std::vector<Limit> limits;
  const std::string online = read_system_file(under(root, "/sys/devices/system/cpu/online")).value_or("");
  add(limits, count_listed(online), "processors online");
  add(limits, count_listed(allowed), "processor affinity");
  limits.insert(limits.end(), cgroup.begin(), cgroup.end());
  add(limits, threads_wanted(), "BASALT_THREADS");
  return limits;
}

/// An entry of /proc/meminfo ("MemTotal:  16318480 kB") in bytes.
std::optional<std::uint64_t> meminfo_bytes(std::string_view meminfo, std::string_view key) {
  const auto kibibytes = leading_number(find_entry(meminfo, key).value_or(""));
  return kibibytes && *kibibytes < (std::uint64_t{1} << 53) ? std::optional(*kibibytes * 1024) : std::nullopt;
}

std::uint64_t page_bytes() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t physical_memory(const fs::path& root, std::string_view meminfo) {
  const std::uint64_t otherwise =
      root == "/" ? static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * page_bytes() : 0;
  return meminfo_bytes(meminfo, "MemTotal:").value_or(otherwise);
}

/// What a limit of /proc/self/limits leaves: "Max address space  SOFT  HARD  bytes" less `used_pages`.
std::optional<std::uint64_t> left_of_rlimit(std::string_view limits, std::string_view key,
                                            std::optional<std::uint64_t> used_pages) {
  const auto limit = leading_number(find_entry(limits, key).value_or(""));
  if (!limit) {
    return std::nullopt;  // "unlimited"
  }
  return *limit - std::min(*limit, used_pages.value_or(0) * page_bytes());
}

std::vector<Limit> memory_limits(const fs::path& root, std::string_view meminfo, const std::vector<Limit>& cgroup) {
  std::vector<Limit> limits;
  add(limits, meminfo_bytes(meminfo, "MemAvailable:"), "available memory");
  limits.insert(limits.end(), cgroup.begin(), cgroup.end());

  // statm: pages of total, resident, shared, text, 0, data
  const std::string statm = read_system_file(under(root, "/proc/self/statm")).value_or("");
  const auto pages = split(statm, ' ');
  const auto pages_at = [&](std::size_t i) { return i < pages.size() ? leading_number(pages[i]) : std::nullopt; };
  const std::string rlimits = read_system_file(under(root, "/proc/self/limits")).value_or("");
  add(limits, left_of_rlimit(rlimits, "Max address space", pages_at(0)), "RLIMIT_AS");
  add(limits, left_of_rlimit(rlimits, "Max data size", pages_at(5)), "RLIMIT_DATA");

  if (const std::optional<std::string> text = variable("BASALT_MEMORY")) {
    add(limits, parse_bytes(*text, "BASALT_MEMORY"), "BASALT_MEMORY");
  }
  return limits;
}

/// Reads all that may change while the process runs.
void read_limits(const fs::path& root, Inventory& inventory) {
  const CgroupLimits cgroup = read_cgroup_limits(root);
  inventory.allowed_processors = allowed_processors(root);
  inventory.core_limits = core_limits(root, inventory.allowed_processors, cgroup.cores);
  inventory.cores = smallest(inventory.core_limits, {1, "nothing could be read"});
  inventory.cores.value = std::max<std::uint64_t>(inventory.cores.value, 1);

  const std::string meminfo = read_system_file(under(root, "/proc/meminfo")).value_or("");
  inventory.physical_memory_bytes = physical_memory(root, meminfo);
  inventory.memory_limits = memory_limits(root, meminfo, cgroup.memory_bytes);
  inventory.memory_bytes = smallest(inventory.memory_limits, {inventory.physical_memory_bytes, "physical memory"});
  read_huge_pages(root, inventory);
  inventory.spill = read_spill_space(root);
}

/// Whether `now` is so far from `before` that plans would differ.
bool has_moved(std::uint64_t before, std::uint64_t now) {
  constexpr std::uint64_t kPart = 16;
  return std::max(before, now) - std::min(before, now) > std::max(before, now) / kPart;
}

bool same_sources(const std::vector<Limit>& a, const std::vector<Limit>& b) {
  return std::ranges::equal(a, b, {}, &Limit::source, &Limit::source);
}

}  // namespace

Inventory take_inventory(const fs::path& root) {
  Inventory inventory;
  describe_processor(root, inventory);
  describe_topology(root, inventory);
  read_limits(root, inventory);
  return inventory;
}

InventoryWatch::InventoryWatch(fs::path root) : root_(std::move(root)), now_(take_inventory(root_)), reported_(now_) {}

bool InventoryWatch::changed() {
  read_limits(root_, now_);
  const bool changed = now_.cores.value != reported_.cores.value || now_.cores.source != reported_.cores.source ||
                       now_.allowed_processors != reported_.allowed_processors ||
                       !same_sources(now_.core_limits, reported_.core_limits) ||
                       !same_sources(now_.memory_limits, reported_.memory_limits) ||
                       now_.spill.folder != reported_.spill.folder ||
                       has_moved(reported_.memory_bytes.value, now_.memory_bytes.value) ||
                       has_moved(reported_.spill.bytes.value, now_.spill.bytes.value);
  if (changed) {
    reported_ = now_;
  }
  return changed;
}

}  // namespace basalt
