#include "base/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "basalt/error.h"
#include "base/printable.h"

namespace basalt {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& reason, ErrorCode code = ErrorCode::bad_input) {
  throw Error(code, "cannot read " + in_quotes(path, 200) + ": " + reason);
}

}  // namespace

RegularFile::RegularFile(std::string path) : path_(std::move(path)) {
  if (path_.find('\0') != std::string::npos) {
    refuse(path_, "the path has a NUL byte");
  }
  // Not to wait for the writer of a pipe, which is refused below.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) {
    refuse(path_, std::strerror(errno));
  }
  struct stat status {};
  const bool known = ::fstat(descriptor_, &status) == 0;
  if (!known || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    refuse(path_, "it is no regular file");
  }
  bytes_ = static_cast<std::uint64_t>(status.st_size);
}

RegularFile::~RegularFile() {
  ::close(descriptor_);
}

void RegularFile::read(std::uint64_t offset, void* into, std::size_t bytes) const {
  auto* next = static_cast<char*>(into);
  while (bytes > 0) {
    constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;
    const ssize_t got = ::pread(descriptor_, next, std::min(bytes, kMostAtOnce), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      refuse(path_, std::strerror(errno), ErrorCode::io);
    }
    if (got == 0) {
      refuse(path_, "it ends before it should");
    }
    next += got;
    offset += static_cast<std::uint64_t>(got);
    bytes -= static_cast<std::size_t>(got);
  }
}

}  // namespace basalt
