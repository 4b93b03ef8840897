#include "base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "basalt/error.h"

namespace basalt {

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  struct stat existing {};
  const bool exists = stat(path_.c_str(), &existing) == 0;
  if (exists && S_ISDIR(existing.st_mode)) {
    errno = EISDIR;
    fail("write");
  }
  if (exists && !S_ISREG(existing.st_mode)) {
    // Not to wait for the reader of a pipe that has none; once it is open, writing may wait.
    descriptor_ = open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ >= 0) {
      fcntl(descriptor_, F_SETFL, O_WRONLY);
    }
  } else {
    open_aside();
  }
  if (descriptor_ < 0) {
    fail("create");
  }
}

void AtomicFile::open_aside() {
  std::error_code error;
  const auto target = std::filesystem::canonical(path_, error);
  if (!error) {
    path_ = target.string();
  }
  temporary_ = path_ + ".XXXXXX";
  descriptor_ = mkostemp(temporary_.data(), O_CLOEXEC);
  if (descriptor_ < 0) {
    temporary_.clear();
    return;
  }
  // mkostemp gives 0600; a result file has the permissions that any new file would have.
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(descriptor_, 0666 & ~mask);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
  if (!temporary_.empty()) {
    unlink(temporary_.c_str());
  }
}

void AtomicFile::write(const void* data, std::size_t bytes) {
  const auto* next = static_cast<const char*>(data);
  while (bytes > 0) {
    constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;
    const ssize_t written = ::write(descriptor_, next, std::min(bytes, kMostAtOnce));
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      fail("write");
    }
    next += written;
    bytes -= static_cast<std::size_t>(written);
  }
}

void AtomicFile::flush() {
  if (fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS) {
    fail("flush");
  }
}

void AtomicFile::commit() {
  flush();
  const int closed = close(std::exchange(descriptor_, -1));
  if (closed != 0) {
    fail("close");
  }
  if (!temporary_.empty() && rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail("rename");
  }
  temporary_.clear();
}

void AtomicFile::fail(const char* action) const {
  const int reason = errno;
  throw Error(ErrorCode::io, std::string("cannot ") + action + " '" + path_ + "': " + std::strerror(reason),
              reason == ENOSPC ? "free some space or save to another disk; nothing was left behind"
                               : "check the folder and its permissions; nothing was left behind");
}

}  // namespace basalt
