#include "basalt/shared_block.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <system_error>
#include <utility>

#include "basalt/error.h"

namespace basalt {
namespace {

/// Nobody can write, grow or shrink: what a reader has checked stays true, and no access can run past the end.
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

[[noreturn]] void refuse(std::uint64_t bytes, const char* step) {
  throw Error(ErrorCode::out_of_resources,
              "the system refused " + std::to_string(bytes) + " bytes of shared memory (" + step +
                  "): " + std::generic_category().message(errno),
              "share less, or raise the limits on memory and open files");
}

}  // namespace

SharedBlock::SharedBlock(std::uint64_t bytes) : size_bytes_(bytes) {
  if (bytes == 0) {
    return;
  }
  try {
    fd_ = memfd_create("basalt", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd_ < 0) {
      refuse(bytes, "memfd_create");
    }
    if (bytes > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
      errno = EFBIG;
      refuse(bytes, "ftruncate");
    }
    if (ftruncate(fd_, static_cast<off_t>(bytes)) != 0) {
      refuse(bytes, "ftruncate");
    }
    map(PROT_READ | PROT_WRITE);
  } catch (...) {
    close();
    throw;
  }
}

SharedBlock SharedBlock::copy_of(std::string_view text) {
  SharedBlock block(text.size());
  if (!text.empty()) {
    std::memcpy(block.data_, text.data(), text.size());
  }
  block.seal();
  return block;
}

SharedBlock SharedBlock::adopt(int fd, std::uint64_t bytes) {
  SharedBlock block;
  block.fd_ = fd;
  block.size_bytes_ = bytes;
  struct stat facts {};
  const int seals = fcntl(fd, F_GET_SEALS);
  if (bytes == 0 || seals < 0 || (seals & kSeals) != kSeals || fstat(fd, &facts) != 0 ||
      static_cast<std::uint64_t>(facts.st_size) != bytes) {
    throw Error(ErrorCode::failed, "what was handed over is not a sealed block of " + std::to_string(bytes) + " bytes");
  }
  block.map(PROT_READ);
  block.sealed_ = true;
  return block;
}

SharedBlock::SharedBlock(SharedBlock&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_bytes_(std::exchange(other.size_bytes_, 0)),
      fd_(std::exchange(other.fd_, -1)),
      sealed_(std::exchange(other.sealed_, false)) {}

SharedBlock& SharedBlock::operator=(SharedBlock&& other) noexcept {
  SharedBlock taken(std::move(other));
  std::swap(data_, taken.data_);
  std::swap(size_bytes_, taken.size_bytes_);
  std::swap(fd_, taken.fd_);
  std::swap(sealed_, taken.sealed_);
  return *this;
}

SharedBlock::~SharedBlock() {
  close();
}

void SharedBlock::seal() {
  if (sealed_ || empty()) {
    sealed_ = true;
    return;
  }
  munmap(std::exchange(data_, nullptr), size_bytes_);  // the system seals no file that is mapped for writing
  if (fcntl(fd_, F_ADD_SEALS, kSeals | F_SEAL_SEAL) != 0) {
    const int why = errno;
    const std::uint64_t bytes = size_bytes_;
    close();
    errno = why;
    refuse(bytes, "F_ADD_SEALS");
  }
  map(PROT_READ);
  sealed_ = true;
}

std::span<std::byte> SharedBlock::writable_bytes() noexcept {
  return sealed_ ? std::span<std::byte>() : std::span<std::byte>(data_, size_bytes_);
}

void SharedBlock::map(int protection) {
  void* mapped = mmap(nullptr, size_bytes_, protection, MAP_SHARED, fd_, 0);
  if (mapped == MAP_FAILED) {
    refuse(size_bytes_, "mmap");
  }
  data_ = static_cast<std::byte*>(mapped);
}

void SharedBlock::close() noexcept {
  if (data_ != nullptr) {
    munmap(data_, size_bytes_);
  }
  if (fd_ >= 0) {
    ::close(fd_);
  }
  data_ = nullptr;
  size_bytes_ = 0;
  fd_ = -1;
}

}  // namespace basalt
