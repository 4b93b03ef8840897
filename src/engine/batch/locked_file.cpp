#include "engine/batch/locked_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "basalt/error.h"

namespace basalt {
namespace {

constexpr mode_t kMode = 0666;  // less the umask

/// Whether the path still names the file that is open: whoever held the lock may have replaced it.
bool is_current(int descriptor, const std::string& path) {
  struct stat open_file {};
  struct stat named {};
  return fstat(descriptor, &open_file) == 0 && stat(path.c_str(), &named) == 0 && open_file.st_ino == named.st_ino &&
         open_file.st_dev == named.st_dev;
}

}  // namespace

FileDescriptor open_locked(const std::string& path) {
  for (;;) {
    FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, kMode));
    struct stat status {};
    if (!file.valid() || fstat(file.get(), &status) != 0) {
      fail_for_file("open", path);
    }
    if (!S_ISREG(status.st_mode)) {
      throw Error(ErrorCode::bad_usage, fmt::format("--output '{}' is no ordinary file", path),
                  "leave --output out to get the results on standard output");
    }
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) {
        fail_for_file("lock", path);
      }
      throw Error(ErrorCode::bad_usage, fmt::format("another batch is writing --output '{}'", path),
                  "wait for it, or give another name");
    }
    if (is_current(file.get(), path)) {
      return file;
    }
  }
}

void fail_for_file(const char* action, const std::string& path) {
  const int reason = errno;
  throw Error(ErrorCode::io, fmt::format("cannot {} '{}': {}", action, path, std::strerror(reason)),
              reason == ENOSPC ? "free some space and go on with --resume: results so far are kept"
                               : "check the folder and its permissions");
}

}  // namespace basalt
