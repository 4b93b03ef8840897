// A large array on disk, in chunks of one size that each have a place of their own in the file: written over again and
// again, checksummed, compressed where that pays. Chunks that hold only zeros are neither written nor read.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "basalt/memory.h"
#include "basalt/memory/spill.h"
#include "runtime/memory/lossy.h"

namespace basalt {

struct ChunkFileOptions {
  std::string name;  ///< For messages: where the file lies.
  std::uint64_t chunk_bytes = std::uint64_t{1} << 20;
  std::uint64_t count = 0;
  /// Of the disk: what compression is measured against; 0: nothing is compressed.
  double bytes_per_second = 0;
  /// What chunks hold, where it may change when it is written.
  std::optional<LossyNumbers> lossy{};
};

/// Thread-safe at different chunks.
class ChunkFile {
 public:
  /// Memory through which one thread compresses; of scratch_bytes(), aligned to pages. Where it is empty nothing is
  /// compressed.
  using Scratch = std::span<std::byte>;

  /// All zeros. `storage` has room for count · chunk_bytes.
  ChunkFile(std::unique_ptr<SpillStorage> storage, ChunkFileOptions options);

  [[nodiscard]] std::uint64_t count() const noexcept { return options_.count; }
  [[nodiscard]] std::uint64_t chunk_bytes() const noexcept { return options_.chunk_bytes; }
  /// Of a chunk that may change there is a second copy.
  [[nodiscard]] static std::uint64_t scratch_bytes(std::uint64_t chunk_bytes,
                                                   const std::optional<LossyNumbers>& lossy) noexcept;
  [[nodiscard]] const std::optional<LossyNumbers>& lossy() const noexcept { return options_.lossy; }

  [[nodiscard]] bool is_zero(std::uint64_t chunk) const noexcept { return entries_[chunk].file_bytes == 0; }
  /// Makes it zeros.
  void clear(std::uint64_t chunk) noexcept { entries_[chunk] = {}; }

  /// Throws what the storage throws, and Error(io) naming file and chunk where it does not hold what was written.
  void read(std::uint64_t chunk, std::span<std::byte> into, Scratch scratch);
  /// By how much all chunks together differ from what was written to them last: the norm of the difference.
  [[nodiscard]] double lost() const noexcept;
  /// Throws what the storage throws; the chunk's content is then unspecified.
  void write(std::uint64_t chunk, std::span<const std::byte> from, Scratch scratch);

  // What went to and came from the disk so far, after compression, and before.
  [[nodiscard]] std::uint64_t written_bytes() const noexcept { return written_bytes_.load(); }
  [[nodiscard]] std::uint64_t read_bytes() const noexcept { return read_bytes_.load(); }
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept { return stored_bytes_.load(); }
  [[nodiscard]] std::uint64_t restored_bytes() const noexcept { return restored_bytes_.load(); }

 private:
  struct Entry {
    std::uint64_t checksum = 0;    ///< Of the bytes that come back.
    std::uint64_t file_bytes = 0;  ///< 0: zeros that are nowhere.
    SpillCodec codec = SpillCodec::none;
    double lost = 0;  ///< Sum of the squares of differences from what was written.
  };

  [[nodiscard]] Entry pack(std::span<const std::byte> from, Scratch scratch);
  [[nodiscard]] std::optional<Entry> pack_lossy(std::span<const std::byte> from, Scratch scratch) const;
  [[nodiscard]] SpillCodec choose_codec(std::span<const std::byte> bytes);

  std::unique_ptr<SpillStorage> storage_;
  ChunkFileOptions options_;
  std::vector<Entry> entries_;
  std::atomic<std::uint32_t> left_alone_{0};  ///< Chunks until compression is tried again,
  std::atomic<std::uint32_t> pause_{1};       ///< and how many there will be next time that it does not pay.
  std::atomic<std::uint64_t> written_bytes_{0};
  std::atomic<std::uint64_t> read_bytes_{0};
  std::atomic<std::uint64_t> stored_bytes_{0};
  std::atomic<std::uint64_t> restored_bytes_{0};
};

}  // namespace basalt
