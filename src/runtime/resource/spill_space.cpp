#include "runtime/resource/spill_space.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/system_files.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLeastReserve = std::uint64_t{1} << 30;
constexpr std::uint64_t kReservedPart = 20;  ///< One twentieth of the file system.

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing in Basalt changes the environment
  return value == nullptr ? "" : value;
}

std::pair<fs::path, std::string> choose_folder(const fs::path& root) {
  for (const char* name : {"BASALT_SPILL_DIR", "TMPDIR"}) {
    if (const std::string value = variable(name); !value.empty()) {
      return {value, name};
    }
  }
  const bool has_var = ::access(under(root, "/var/tmp").c_str(), W_OK | X_OK) == 0;
  return {has_var ? "/var/tmp" : "/tmp", "default"};
}

/// Of the mount that the folder is in: the one with the longest path above it, the last one of equals.
std::string filesystem_of(const fs::path& root, const fs::path& folder) {
  const std::string mounts = read_system_file(under(root, "/proc/self/mountinfo")).value_or("");
  const std::string wanted = (folder.lexically_normal() / "").string();
  std::size_t longest = 0;
  std::string type;
  for (const std::string_view line : split(mounts, '\n')) {
    const std::size_t dash = line.find(" - ");
    const auto before = split(line.substr(0, dash), ' ');
    if (dash == std::string_view::npos || before.size() < 5) {
      continue;
    }
    const std::string point = (fs::path(before[4]) / "").string();
    if (wanted.starts_with(point) && point.size() >= longest) {
      longest = point.size();
      type = split(line.substr(dash + 3), ' ').front();
    }
  }
  return type;
}

bool is_in_memory(std::string_view filesystem) {
  constexpr std::array<std::string_view, 3> kKinds = {"tmpfs", "ramfs", "devtmpfs"};
  return std::ranges::find(kKinds, filesystem) != kKinds.end();
}

}  // namespace

SpillSpace read_spill_space(const fs::path& root, const fs::path& asked_for) {
  const auto [folder, source] =
      asked_for.empty() ? choose_folder(root) : std::pair(asked_for, std::string("--spill-dir"));
  SpillSpace space{.folder = folder.string(),
                   .folder_source = source,
                   .filesystem = filesystem_of(root, folder),
                   .bytes = {},
                   .reserved_bytes = 0};
  const fs::path place = under(root, folder);
  struct statvfs status {};
  if (::access(place.c_str(), W_OK | X_OK) != 0 || ::statvfs(place.c_str(), &status) != 0) {
    space.bytes = {0, "the folder cannot be written to"};
    return space;
  }
  if (is_in_memory(space.filesystem)) {
    space.bytes = {0, "the folder is in memory (" + space.filesystem + ")"};
    return space;
  }
  const std::uint64_t block = status.f_frsize;
  const std::uint64_t free = block * status.f_bavail;
  space.reserved_bytes = std::min(free, std::max(kLeastReserve, block * status.f_blocks / kReservedPart));
  space.bytes = {free - space.reserved_bytes, "free space, less what is left to others"};

  const std::string limits = read_system_file(under(root, "/proc/self/limits")).value_or("");
  const auto most = leading_number(find_entry(limits, "Max file size").value_or(""));
  if (most && *most < space.bytes.value) {
    space.bytes = {*most, "RLIMIT_FSIZE"};
  }
  return space;
}

}  // namespace basalt
