// Reading a program's text. Sizes are checked before bytes are read, and reading stops at the limit, so that devices
// and endless pipes are refused, too.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/printable.h"
#include "workloads/quantum/input/source.h"

namespace basalt::quantum {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

class OpenFile {
 public:
  OpenFile(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (owned_) {
      ::close(descriptor_);
    }
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  bool owned_;
};

[[noreturn]] void refuse(const std::string& name, const std::string& reason, const std::string& advice = {}) {
  throw Error(ErrorCode::bad_input, "cannot read " + name + ": " + reason, advice);
}

[[noreturn]] void refuse_size(const std::string& name) {
  refuse(name, "it is larger than " + std::to_string(kMaxSourceBytes >> 20) + " MiB, the largest program text read",
         "is it really an OpenQASM program? Loops and gate definitions keep large programs short");
}

/// A signal ends waiting for a pipe or a terminal: it may have been the one that asks to stop.
void stop_if_cancelled(const CancelToken* cancel) {
  if (cancel != nullptr) {
    cancel->check();
  }
}

int open_path(const std::string& path, const std::string& name, const CancelToken* cancel) {
  if (path.empty()) {
    refuse("the program", "its path is empty", "give the path of an OpenQASM file, or - for standard input");
  }
  if (path.find('\0') != std::string::npos) {
    refuse(name, "the path has a NUL byte");
  }
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    stop_if_cancelled(cancel);
    if (errno == ENOENT) {
      refuse(name, "there is no such file", "check the spelling, or give - to read standard input");
    }
    refuse(name, std::strerror(errno));
  }
  return descriptor;
}

}  // namespace

std::string read_source(const std::string& path, const CancelToken* cancel) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : in_quotes(path, 200);
  const OpenFile file(standard_input ? STDIN_FILENO : open_path(path, name, cancel), !standard_input);

  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0) {
    refuse(name, std::strerror(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    refuse(name, "it is a directory", "give the path of an OpenQASM file inside it");
  }
  std::string text;
  if (S_ISREG(status.st_mode)) {
    if (static_cast<std::uint64_t>(status.st_size) > kMaxSourceBytes) {
      refuse_size(name);
    }
    text.reserve(static_cast<std::size_t>(status.st_size) + 1);
  }
  for (;;) {
    // One byte past the limit is asked for, to tell a text of exactly that size from a larger one.
    const std::size_t room = static_cast<std::size_t>(kMaxSourceBytes) + 1 - text.size();
    const std::size_t old_size = text.size();
    const std::size_t spare = text.capacity() - old_size;
    const std::size_t wanted = std::min(room, spare > 0 ? std::min(spare, kChunkBytes) : kChunkBytes);
    text.resize(old_size + wanted);
    const ssize_t got = ::read(file.descriptor(), text.data() + old_size, wanted);
    text.resize(old_size + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got < 0) {
      if (errno == EINTR) {
        stop_if_cancelled(cancel);
        continue;
      }
      refuse(name, std::strerror(errno));
    }
    if (got == 0) {
      return text;
    }
    if (text.size() > kMaxSourceBytes) {
      refuse_size(name);
    }
  }
}

}  // namespace basalt::quantum
