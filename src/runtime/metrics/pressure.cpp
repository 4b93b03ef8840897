#include "runtime/metrics/pressure.h"

#include <string>
#include <string_view>

#include "base/system_files.h"

namespace basalt::metrics {
namespace {

/// The total of a line such as "some avg10=0.36 avg60=0.59 avg300=0.37 total=4237720134", which counts microseconds.
std::optional<double> stalled_seconds(const std::filesystem::path& file) {
  const std::optional<std::string> text = read_system_file(file);
  const std::optional<std::string_view> some = text ? find_entry(*text, "some ") : std::nullopt;
  constexpr std::string_view kKey = "total=";
  const std::size_t at = some ? some->find(kKey) : std::string_view::npos;
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::optional<std::uint64_t> microseconds = whole_number(some->substr(at + kKey.size()));
  return microseconds ? std::optional(static_cast<double>(*microseconds) * 1e-6) : std::nullopt;
}

/// The folder of this process's group in the version 2 tree, alone or beside version 1; empty if there is none.
std::filesystem::path group_folder(const std::filesystem::path& root) {
  const std::optional<std::string> groups = read_system_file(root / "proc/self/cgroup");
  const std::optional<std::string_view> path = groups ? find_entry(*groups, "0::") : std::nullopt;
  if (!path) {
    return {};
  }
  for (const char* tree : {"sys/fs/cgroup", "sys/fs/cgroup/unified"}) {
    std::filesystem::path folder = under(root / tree, std::filesystem::path(*path));
    std::error_code ignored;
    if (std::filesystem::exists(folder / "cpu.pressure", ignored)) {
      return folder;
    }
  }
  return {};
}

}  // namespace

void read_pressure(const std::filesystem::path& root, Usage& usage) {
  const std::filesystem::path group = group_folder(root);
  const auto read = [&](const std::string& resource) {
    return stalled_seconds(group.empty() ? root / "proc/pressure" / resource : group / (resource + ".pressure"));
  };
  usage.cpu_stall_seconds = read("cpu");
  usage.memory_stall_seconds = read("memory");
  usage.io_stall_seconds = read("io");
  if (usage.cpu_stall_seconds || usage.memory_stall_seconds || usage.io_stall_seconds) {
    usage.stall_source = group.empty() ? "machine" : "control group";
  }
}

}  // namespace basalt::metrics
