// Every process of a user must find the same table, whatever its environment: a shell, a service, a login from afar.
// So a fixed place comes first, and variables only where that place is missing. Places that everyone can write to are
// safe with a folder of one's own in them, if it really is one's own.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "basalt/error.h"
#include "runtime/resource/table.h"

namespace basalt::ledger {
namespace {

namespace fs = std::filesystem;

/// Files of other layouts have other names: they cannot share, but neither do they harm each other.
constexpr const char* kFileName = "ledger-1";

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing in Basalt changes the environment
  return value == nullptr ? "" : value;
}

/// Makes the folder if need be; whether it is ours, no link, and closed to others.
bool is_own_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return false;
  }
  struct stat status {};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & 0077U) == 0;
}

}  // namespace

std::string default_table_path() {
  const std::string own = fmt::format("basalt-{}", ::geteuid());
  const std::string temporary = variable("TMPDIR");
  for (const std::string& place :
       std::array<std::string, 3>{"/dev/shm", variable("XDG_RUNTIME_DIR"), temporary.empty() ? "/tmp" : temporary}) {
    const fs::path folder = fs::path(place) / own;
    if (!place.empty() && is_own_folder(folder)) {
      return folder / kFileName;
    }
  }
  throw Error(ErrorCode::io, fmt::format("no folder {} of this user alone in /dev/shm, XDG_RUNTIME_DIR or TMPDIR", own),
              "remove what has that name, or set BASALT_LEDGER to a file");
}

}  // namespace basalt::ledger
