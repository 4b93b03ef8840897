// A chunk of memory on its way to a disk and back: compressed where that pays, and known again by its checksum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "basalt/memory/spill.h"

namespace basalt {

/// What is written in place of a chunk.
struct PackedChunk {
  SpillCodec codec = SpillCodec::none;
  std::uint64_t checksum = 0;               ///< Of the chunk, before compression.
  std::span<const std::byte> bytes;         ///< The chunk itself, or `compressed`.
  std::unique_ptr<std::byte[]> compressed;  ///< Null where nothing was gained.
};

/// Decides by a sample of each chunk and by the speed of the disk so far. Thread-safe.
class ChunkPacker {
 public:
  /// Always with `codec`, if there is one.
  explicit ChunkPacker(std::optional<SpillCodec> codec = std::nullopt) : codec_(codec) {}

  /// `chunk` must outlive what is returned. Where memory is short, it stays as it is.
  [[nodiscard]] PackedChunk pack(std::span<const std::byte> chunk) const;

  /// So much was written in so long.
  void note_written(std::uint64_t bytes, double seconds);

 private:
  [[nodiscard]] SpillCodec codec_for(std::span<const std::byte> chunk) const;

  std::optional<SpillCodec> codec_;
  mutable std::mutex mutex_;
  double written_bytes_ = 0;
  double write_seconds_ = 0;  ///< Of all threads: chunks written side by side count each.
};

/// Whether `packed` holds what was packed, and `into`, of the size of the chunk, holds that now.
[[nodiscard]] bool unpack(SpillCodec codec, std::uint64_t checksum, std::span<const std::byte> packed,
                          std::span<std::byte> into) noexcept;

}  // namespace basalt
