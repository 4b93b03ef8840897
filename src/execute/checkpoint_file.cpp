#include "execute/checkpoint_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "basalt/error.h"
#include "base/atomic_file.h"
#include "base/stopwatch.h"
#include "runtime/memory/checksum.h"
#include "runtime/memory/packed_chunk.h"

namespace basalt {
namespace {

static_assert(std::endian::native == std::endian::little, "headers are written as they lie in memory");

constexpr std::array<char, 8> kMagic = {'B', 'A', 'S', 'A', 'L', 'T', 'C', 'P'};
constexpr std::uint32_t kVersion = 3;
constexpr std::uint64_t kMostStateBytes = std::uint64_t{1} << 54;
/// Beside the codecs of compressed chunks: one that holds zeros only.
constexpr std::uint32_t kZeros = 255;

struct FileHeader {
  std::array<char, 8> magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t reserved = 0;
  std::uint64_t state_bytes = 0;
  std::uint64_t document_bytes = 0;
  std::uint64_t document_checksum = 0;
  std::uint64_t own_checksum = 0;  ///< Of all before.
};
static_assert(sizeof(FileHeader) == 48);

struct ChunkHeader {
  std::uint32_t number = 0;  ///< Of the low bits.
  std::uint32_t codec = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t content_checksum = 0;
  std::uint64_t own_checksum = 0;  ///< Of all before.
};
static_assert(sizeof(ChunkHeader) == 32);

template <typename Header>
std::uint64_t own_checksum_of(const Header& header) {
  return checksum(std::as_bytes(std::span(&header, 1)).first(sizeof(Header) - sizeof(std::uint64_t)));
}

bool is_zero(std::span<const std::byte> bytes) {
  return bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

std::uint64_t chunks_of(std::uint64_t bytes) {
  return (bytes + kCheckpointChunkBytes - 1) / kCheckpointChunkBytes;
}

template <typename Byte>
std::span<Byte> chunk_of(std::span<Byte> window, std::uint64_t index) {
  const std::uint64_t begin = index * kCheckpointChunkBytes;
  return window.subspan(begin, std::min(kCheckpointChunkBytes, window.size() - begin));
}

class Writer {
 public:
  explicit Writer(const std::string& path) : file_(path) {}

  void put(std::span<const std::byte> bytes) {
    file_.write(bytes.data(), bytes.size());
    written_ += bytes.size();
  }

  template <typename Header>
  void put_header(Header header) {
    header.own_checksum = own_checksum_of(header);
    put(std::as_bytes(std::span(&header, 1)));
  }

  void put_window(std::uint64_t first_chunk, std::span<const std::byte> window, const ForEach& for_each) {
    std::vector<PackedChunk> packed(chunks_of(window.size()));
    for_each(packed.size(), [&](std::uint64_t i) {
      const std::span<const std::byte> chunk = chunk_of(window, i);
      if (!is_zero(chunk)) {
        packed[i] = packer_.pack(chunk);
      }
    });
    const Stopwatch watch;
    const std::uint64_t before = written_;
    for (std::uint64_t i = 0; i < packed.size(); ++i) {
      const PackedChunk& chunk = packed[i];
      const bool zeros = chunk.bytes.empty();
      put_header(ChunkHeader{.number = static_cast<std::uint32_t>(first_chunk + i),
                             .codec = zeros ? kZeros : static_cast<std::uint32_t>(chunk.codec),
                             .file_bytes = chunk.bytes.size(),
                             .content_checksum = chunk.checksum});
      put(chunk.bytes);
    }
    if (first_chunk == 0) {
      file_.flush();  // what goes into the system's cache says nothing of the disk
    }
    packer_.note_written(written_ - before, watch.seconds());
  }

  std::uint64_t commit() {
    file_.commit();
    return written_;
  }

 private:
  AtomicFile file_;
  ChunkPacker packer_;
  std::uint64_t written_ = 0;
};

/// Does `work` while the state's bytes lie in order, and brings them back whatever becomes of it. What fails on the way
/// back is told before what failed in `work`: the state is lost then.
template <typename Work>
void in_order(const StateAccess& state, const Work& work) {
  if (!state.straighten) {
    work();
    return;
  }
  state.straighten();
  std::exception_ptr failure;
  try {
    work();
  } catch (...) {
    failure = std::current_exception();
  }
  state.restore();
  if (failure != nullptr) {
    std::rethrow_exception(failure);
  }
}

/// False where it was not to go on.
bool write_state(Writer& writer, std::uint64_t total, const StateAccess& state, const CheckpointWrite& write) {
  for (std::uint64_t first = 0; first < total; first += state.window_bytes) {
    const std::uint64_t bytes = std::min(state.window_bytes, total - first);
    writer.put_window(first / kCheckpointChunkBytes, state.view(first, bytes), write.for_each);
    if (write.go_on && !write.go_on(first + bytes, total)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool write_checkpoint(const std::string& path, std::span<const std::byte> document, std::uint64_t state_bytes,
                      const StateAccess& state, CheckpointWrite& write) {
  Writer writer(path);
  writer.put_header(FileHeader{
      .state_bytes = state_bytes, .document_bytes = document.size(), .document_checksum = checksum(document)});
  writer.put(document);
  bool is_whole = true;
  if (state_bytes > 0) {
    in_order(state, [&] { is_whole = write_state(writer, state_bytes, state, write); });
  }
  if (is_whole) {
    write.file_bytes = writer.commit();
  }
  return is_whole;
}

CheckpointFile::CheckpointFile(std::string path)
    : path_(std::move(path)), file_(open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat status {};
  if (!file_.valid() || fstat(file_.get(), &status) != 0) {
    fail(std::strerror(errno));
  }
  FileHeader header;
  read(std::as_writable_bytes(std::span(&header, 1)));
  if (header.magic != kMagic) {
    fail("it is no checkpoint");
  }
  if (header.own_checksum != own_checksum_of(header)) {
    fail("its header is damaged");
  }
  if (header.version != kVersion) {
    fail(fmt::format("it is of version {}, and this Basalt reads version {}", header.version, kVersion));
  }
  if (header.reserved != 0 || header.state_bytes > kMostStateBytes ||
      header.document_bytes > static_cast<std::uint64_t>(status.st_size)) {
    fail("its header makes no sense");
  }
  state_bytes_ = header.state_bytes;
  document_.resize(header.document_bytes);
  read(document_);
  if (checksum(document_) != header.document_checksum) {
    fail("what it says of the run is damaged");
  }
}

void CheckpointFile::read_state(const StateAccess& state, const ForEach& for_each) {
  const std::uint64_t total = state_bytes_;
  std::vector<std::vector<std::byte>> packed(chunks_of(state.window_bytes));
  std::vector<ChunkHeader> headers(packed.size());
  for (std::uint64_t first = 0; first < total; first += state.window_bytes) {
    const std::span<std::byte> window = state.room(first, std::min(state.window_bytes, total - first));
    const std::uint64_t count = chunks_of(window.size());
    for (std::uint64_t i = 0; i < count; ++i) {
      ChunkHeader& header = headers[i];
      read(std::as_writable_bytes(std::span(&header, 1)));
      const bool known = header.codec <= static_cast<std::uint32_t>(SpillCodec::zstd) || header.codec == kZeros;
      if (header.own_checksum != own_checksum_of(header) || !known || header.file_bytes > kCheckpointChunkBytes ||
          header.number != static_cast<std::uint32_t>(first / kCheckpointChunkBytes + i)) {
        fail(fmt::format("chunk {} of its state is damaged", first / kCheckpointChunkBytes + i));
      }
      packed[i].resize(header.file_bytes);
      read(packed[i]);
    }
    std::vector<std::uint8_t> whole(count);
    for_each(count, [&](std::uint64_t i) {
      const std::span<std::byte> into = chunk_of(window, i);
      if (headers[i].codec == kZeros) {
        std::memset(into.data(), 0, into.size());
        whole[i] = 1;
      } else {
        const auto codec = static_cast<SpillCodec>(headers[i].codec);
        whole[i] = unpack(codec, headers[i].content_checksum, packed[i], into) ? 1 : 0;
      }
    });
    if (const auto damaged = std::ranges::find(whole, 0); damaged != whole.end()) {
      fail(fmt::format("chunk {} of its state is damaged", first / kCheckpointChunkBytes + (damaged - whole.begin())));
    }
    state.filled(first, window);
  }
  std::byte more{};
  if (::read(file_.get(), &more, 1) != 0) {
    fail("it is longer than it should be");
  }
}

void CheckpointFile::read(std::span<std::byte> to) {
  while (!to.empty()) {
    const ssize_t count = ::read(file_.get(), to.data(), std::min<std::size_t>(to.size(), std::size_t{1} << 30));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      fail(count == 0 ? "it ends too soon" : std::strerror(errno));
    }
    to = to.subspan(static_cast<std::size_t>(count));
  }
}

void CheckpointFile::fail(const std::string& what) const {
  throw Error(ErrorCode::io, fmt::format("the checkpoint '{}' cannot be used: {}", path_, what));
}

std::uint64_t checkpoint_bytes(std::uint64_t state_bytes) noexcept {
  constexpr std::uint64_t kBeside = std::uint64_t{1} << 20;  // the program and the position, of most runs
  return state_bytes + chunks_of(state_bytes) * sizeof(ChunkHeader) + kBeside;
}

}  // namespace basalt
