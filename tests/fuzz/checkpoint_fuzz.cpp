// Any bytes as a checkpoint: as they are or, where the first byte is odd, with checksums that fit, so that what stands
// under them is reached. Only Error(io) may come out, and nothing may be written outside of the state.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "basalt/error.h"
#include "execute/checkpoint_file.h"
#include "runtime/memory/checksum.h"

namespace basalt {
namespace {

constexpr std::uint64_t kFileHeader = 48;
constexpr std::uint64_t kChunkHeader = 32;
constexpr std::uint64_t kMostStateBytes = std::uint64_t{9} << 20;  // three chunks

using Bytes = std::span<std::byte>;

std::uint64_t word_at(Bytes bytes, std::uint64_t offset) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + offset, sizeof(word));
  return word;
}

void put_checksum(Bytes bytes, std::uint64_t offset, std::span<const std::byte> of) {
  const std::uint64_t sum = checksum(of);
  std::memcpy(bytes.data() + offset, &sum, sizeof(sum));
}

/// As docs/checkpoints.md has the layout. Those of what chunks hold are right where they are not compressed.
void put_checksums(Bytes file) {
  if (file.size() < kFileHeader) {
    return;
  }
  const std::uint64_t document = word_at(file, 24);
  const bool is_there = document <= file.size() - kFileHeader;
  if (is_there) {
    put_checksum(file, 32, file.subspan(kFileHeader, document));
  }
  put_checksum(file, 40, file.first(40));
  for (std::uint64_t at = kFileHeader + document; is_there && at + kChunkHeader <= file.size();) {
    const Bytes header = file.subspan(at, kChunkHeader);
    const std::uint64_t size = word_at(header, 8);
    if (word_at(header, 0) >> 32 == 0 && size <= file.size() - at - kChunkHeader) {
      put_checksum(header, 16, file.subspan(at + kChunkHeader, size));
    }
    put_checksum(header, 24, header.first(24));
    if (size > file.size() - at - kChunkHeader) {
      return;
    }
    at += kChunkHeader + size;
  }
}

/// A file in memory, that has a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::byte> content) : file_(memfd_create("checkpoint", MFD_CLOEXEC)) {
    if (file_ < 0 || write(file_, content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
      std::abort();
    }
  }
  ~MemoryFile() { close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

void read(const std::string& path) {
  CheckpointFile file(path);
  const std::uint64_t bytes = file.state_bytes();
  if (bytes > kMostStateBytes) {
    return;
  }
  std::vector<std::byte> state(bytes);
  file.read_state(
      {.is_whole = [] { return true; },
       .view = [&](std::uint64_t first,
                   std::uint64_t size) { return std::span<const std::byte>(state).subspan(first, size); },
       .room = [&](std::uint64_t first, std::uint64_t size) { return std::span(state).subspan(first, size); },
       .filled = [](std::uint64_t /*first*/, std::span<const std::byte> /*bytes*/) {}});
}

}  // namespace
}  // namespace basalt

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace basalt;
  if (size == 0) {
    return 0;
  }
  const auto bytes = std::as_bytes(std::span(data, size));
  std::vector<std::byte> content(bytes.begin() + 1, bytes.end());
  if (data[0] % 2 == 1) {
    put_checksums(content);
  }
  try {
    read(MemoryFile(content).path());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::io) {
      std::abort();
    }
  }
  return 0;
}
