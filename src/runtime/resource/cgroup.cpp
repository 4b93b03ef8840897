// Reads /proc/self/cgroup (which groups the process is in), /proc/self/mountinfo (where their files are) and the limit
// files of every folder from the process's group up to the mount point. The tightest limit may be at any height.
#include "runtime/resource/cgroup.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/system_files.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;

/// "No limit" of version 1 is the largest multiple of a page; nothing real is half as large.
constexpr std::uint64_t kUnlimited = std::uint64_t{1} << 62;
constexpr int kMaxDepth = 256;

/// A mounted hierarchy of groups: "cgroup2", or one with controllers of version 1.
struct Mount {
  fs::path group;  ///< The group that is seen at `point`; "/" but for containers with bind mounts.
  fs::path point;
  bool version2 = false;
  std::vector<std::string> options;  ///< Controllers of version 1 are among these.
};

/// Undoes the octal escapes of mountinfo (\040 for a blank).
std::string unescape(std::string_view text) {
  const auto octal = [](char digit) { return digit >= '0' && digit <= '7'; };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && octal(text[i + 1]) && octal(text[i + 2]) && octal(text[i + 3])) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::vector<Mount> read_mounts(const fs::path& root) {
  const std::string text = read_system_file(under(root, "/proc/self/mountinfo")).value_or("");
  std::vector<Mount> mounts;
  for (const std::string_view line : split(text, '\n')) {
    // 36 35 98:0 GROUP POINT options [tags] - TYPE source OPTIONS
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) {
      continue;
    }
    const auto before = split(line.substr(0, dash), ' ');
    const auto after = split(line.substr(dash + 3), ' ');
    if (before.size() < 6 || after.size() < 3 || (after[0] != "cgroup" && after[0] != "cgroup2")) {
      continue;
    }
    Mount mount{
        .group = unescape(before[3]), .point = unescape(before[4]), .version2 = after[0] == "cgroup2", .options = {}};
    for (const std::string_view option : split(after[2], ',')) {
      mount.options.emplace_back(option);
    }
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

/// The folder of `group` under a mount, or the mount point where the group is outside of what the mount shows.
fs::path folder_of(const fs::path& group, const Mount& mount) {
  const auto escapes = [](const fs::path& path) { return std::ranges::find(path, "..") != path.end(); };
  const fs::path relative = group.lexically_normal().lexically_relative(mount.group.lexically_normal());
  if (relative.empty() || relative == "." || escapes(relative) || escapes(group)) {
    return mount.point;
  }
  return (mount.point / relative).lexically_normal();
}

/// Reads one file of a group as a limit: folder -> value, or nothing where there is no limit.
using ReadLimit = std::optional<std::uint64_t> (*)(const fs::path& folder);

std::optional<std::uint64_t> cores_of(std::optional<std::uint64_t> quota, std::optional<std::uint64_t> period) {
  if (!quota || !period || *quota == 0 || *period == 0) {
    return std::nullopt;
  }
  return (*quota - 1) / *period + 1;
}

std::optional<std::uint64_t> quota_v2(const fs::path& folder) {  // "50000 100000" or "max 100000"
  const std::string text = read_system_file(folder / "cpu.max").value_or("");
  const auto words = split(text, ' ');
  return words.size() == 2 ? cores_of(whole_number(words[0]), whole_number(words[1])) : std::nullopt;
}

std::optional<std::uint64_t> quota_v1(const fs::path& folder) {
  return cores_of(read_system_number(folder / "cpu.cfs_quota_us"), read_system_number(folder / "cpu.cfs_period_us"));
}

template <const char* const& kFile>
std::optional<std::uint64_t> listed(const fs::path& folder) {
  return count_listed(read_system_file(folder / kFile).value_or(""));
}
constexpr const char* kCpusetV2 = "cpuset.cpus.effective";
constexpr const char* kCpusetV1 = "cpuset.effective_cpus";

/// `limit` less what the group uses and could not drop at once.
std::optional<std::uint64_t> left_under(std::optional<std::uint64_t> limit, const fs::path& folder,
                                        const char* usage_file, std::string_view cache_entry) {
  if (!limit || *limit >= kUnlimited) {
    return std::nullopt;
  }
  const std::uint64_t usage = read_system_number(folder / usage_file).value_or(0);
  const std::string stat = read_system_file(folder / "memory.stat").value_or("");
  const std::uint64_t cache = leading_number(find_entry(stat, cache_entry).value_or("")).value_or(0);
  const std::uint64_t used = usage - std::min(usage, cache);
  return *limit - std::min(*limit, used);
}

template <const char* const& kFile>
std::optional<std::uint64_t> memory_v2(const fs::path& folder) {
  return left_under(read_system_number(folder / kFile), folder, "memory.current", "inactive_file ");
}
constexpr const char* kMax = "memory.max";
constexpr const char* kHigh = "memory.high";

constexpr const char* kUsageV1 = "memory.usage_in_bytes";
constexpr std::string_view kCacheV1 = "total_inactive_file ";

std::optional<std::uint64_t> memory_v1(const fs::path& folder) {
  return left_under(read_system_number(folder / "memory.limit_in_bytes"), folder, kUsageV1, kCacheV1);
}

/// The tightest limit of all ancestors, those out of sight included, less this group's use.
std::optional<std::uint64_t> memory_of_ancestors_v1(const fs::path& folder) {
  const std::string stat = read_system_file(folder / "memory.stat").value_or("");
  const auto limit = leading_number(find_entry(stat, "hierarchical_memory_limit ").value_or(""));
  return left_under(limit, folder, kUsageV1, kCacheV1);
}

struct Source {
  bool version2;
  std::string_view controller;  ///< Of version 1; version 2 has all in one hierarchy.
  bool memory;                  ///< Otherwise cores.
  const char* file;             ///< As messages name it.
  ReadLimit read;
};

// clang-format off
constexpr Source kSources[] = {
    {true, "", false, "cpu.max", quota_v2},
    {true, "", false, kCpusetV2, listed<kCpusetV2>},
    {true, "", true, kMax, memory_v2<kMax>},
    {true, "", true, kHigh, memory_v2<kHigh>},
    {false, "cpu", false, "cpu.cfs_quota_us", quota_v1},
    {false, "cpuset", false, kCpusetV1, listed<kCpusetV1>},
    {false, "memory", true, "memory.limit_in_bytes", memory_v1},
    {false, "memory", true, "hierarchical_memory_limit", memory_of_ancestors_v1},
};
// clang-format on

/// Adds what `source` says of every group from `folder` up to the mount point.
void climb(const fs::path& root, const Mount& mount, const fs::path& folder, const Source& source,
           CgroupLimits& limits) {
  fs::path here = folder;
  for (int depth = 0; depth < kMaxDepth; ++depth) {
    if (const auto value = source.read(under(root, here))) {
      const fs::path name = (fs::path("/") / here.lexically_relative(mount.point)).lexically_normal();
      std::string text = source.version2 ? "cgroup v2 " : "cgroup v1 ";
      text.append(source.file).append(" of ").append(name.string());
      (source.memory ? limits.memory_bytes : limits.cores).push_back({*value, std::move(text)});
    }
    if (here == mount.point || !here.has_relative_path()) {
      return;
    }
    here = here.parent_path();
  }
}

}  // namespace

CgroupLimits read_cgroup_limits(const fs::path& root) {
  CgroupLimits limits;
  const std::string text = read_system_file(under(root, "/proc/self/cgroup")).value_or("");
  const std::vector<Mount> mounts = read_mounts(root);
  for (const std::string_view line : split(text, '\n')) {
    // ID:CONTROLLERS:GROUP, the group holding any character; "0::GROUP" for version 2
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) {
      continue;
    }
    const auto controllers = split(line.substr(first + 1, second - first - 1), ',');
    const bool version2 = line.starts_with("0::");
    const fs::path group(line.substr(second + 1));
    for (const Source& source : kSources) {
      if (source.version2 != version2 ||
          (!version2 && std::ranges::find(controllers, source.controller) == controllers.end())) {
        continue;
      }
      const auto mount = std::ranges::find_if(mounts, [&](const Mount& candidate) {
        return candidate.version2 == version2 &&
               (version2 || std::ranges::find(candidate.options, source.controller) != candidate.options.end());
      });
      if (mount != mounts.end()) {
        climb(root, *mount, folder_of(group, *mount), source, limits);
      }
    }
  }
  return limits;
}

}  // namespace basalt
