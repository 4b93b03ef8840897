// A temporary file of the system behind SpillStorage.

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "basalt/memory/spill.h"

namespace basalt {
namespace {

/// What direct transfers are multiples of, on every disk that there is.
constexpr std::size_t kDirectBytes = 4096;

/// A descriptor of a file in `directory` that no name leads to; -1 with errno.
int open_unnamed(const std::filesystem::path& directory) {
#if defined(O_TMPFILE)
  const int unnamed = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
  if (unnamed >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) {
    return unnamed;
  }
#endif
  // a file system without unnamed files: one that loses its name at once
  std::string name = (directory / "basalt-spill-XXXXXX").string();
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0) {
    ::unlink(name.c_str());
  }
  return descriptor;
}

class TemporaryFile final : public SpillStorage {
 public:
  explicit TemporaryFile(const std::filesystem::path& directory)
      : directory_(directory.string()), descriptor_(open_unnamed(directory)) {
    if (descriptor_ < 0) {
      throw Error(ErrorCode::io, "cannot create a file for spilling in " + directory_ + ": " + std::strerror(errno),
                  "name a directory that can be written");
    }
  }
  ~TemporaryFile() override { ::close(descriptor_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) {
        continue;
      }
      if (written <= 0) {
        fail_to_write(bytes.size(), written < 0 ? errno : ENOSPC);
      }
      bytes = bytes.subspan(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    }
  }

  void read(std::uint64_t offset, std::span<std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t got = ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got <= 0) {
        throw Error(ErrorCode::io, "cannot read spilled memory back from " + directory_ + ": " +
                                       (got < 0 ? std::strerror(errno) : "the file ends early"));
      }
      bytes = bytes.subspan(static_cast<std::size_t>(got));
      offset += static_cast<std::uint64_t>(got);
    }
  }

  void discard(std::uint64_t offset, std::uint64_t bytes) noexcept override {
#if defined(FALLOC_FL_PUNCH_HOLE)
    // a wish: where it is refused the range is written over later
    static_cast<void>(::fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                                  static_cast<off_t>(bytes)));
#endif
  }

  /// Where a file system cannot reserve, the disk may turn out to be full later.
  void reserve(std::uint64_t bytes) const {
    if (::fallocate(descriptor_, 0, 0, static_cast<off_t>(bytes)) != 0 && errno != EOPNOTSUPP && errno != ENOSYS) {
      fail_to_write(bytes, errno);
    }
  }

  /// A wish: where it is refused, what is read and written goes through the cache of the system.
  void go_direct() const noexcept {
    const int flags = ::fcntl(descriptor_, F_GETFL);
    if (::fcntl(descriptor_, F_SETFL, flags | O_DIRECT) != 0) {
      return;
    }
    alignas(kDirectBytes) std::array<std::byte, kDirectBytes> probe;
    if (::pread(descriptor_, probe.data(), probe.size(), 0) < 0) {
      ::fcntl(descriptor_, F_SETFL, flags);
    }
  }

 private:
  [[noreturn]] void fail_to_write(std::uint64_t bytes, int reason) const {
    const bool full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
    throw Error(full ? ErrorCode::out_of_resources : ErrorCode::io,
                "cannot spill " + format_bytes(bytes) + " of memory to " + directory_ + ": " + std::strerror(reason),
                full ? "free disk space, or name a directory with more by BASALT_SPILL_DIR" : "");
  }

  std::string directory_;
  int descriptor_;
};

}  // namespace

std::unique_ptr<SpillStorage> make_spill_storage(const std::filesystem::path& directory,
                                                 const SpillStorageOptions& options) {
  auto file = std::make_unique<TemporaryFile>(directory);
  if (options.reserve_bytes > 0) {
    file->reserve(options.reserve_bytes);
  }
  if (options.direct) {
    file->go_direct();
  }
  return file;
}

}  // namespace basalt
