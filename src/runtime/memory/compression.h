// Compression of spilled chunks, and whether it pays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "basalt/memory/spill.h"

namespace basalt {

/// Room that `compress` needs for its worst case.
std::size_t compress_bound(SpillCodec codec, std::size_t bytes) noexcept;

/// Bytes written into `to`, which has compress_bound(); 0 where the codec fails, as for want of memory.
std::size_t compress(SpillCodec codec, std::span<const std::byte> from, std::span<std::byte> to) noexcept;

/// Whether `from` holds exactly what fills `to`.
bool decompress(SpillCodec codec, std::span<const std::byte> from, std::span<std::byte> to) noexcept;

/// Pieces of `bytes` at even distances, one after another.
std::vector<std::byte> sample_of(std::span<const std::byte> bytes);

/// What a codec did to a sample.
struct CodecTrial {
  SpillCodec codec = SpillCodec::none;
  double seconds_per_byte = 0;  ///< Of input.
  double ratio = 1;             ///< Output over input.
};

/// Tries every codec that loses nothing on a sample of `bytes`.
std::vector<CodecTrial> try_codecs(std::span<const std::byte> bytes);

/// The codec with the least time to compress and write; `none` where that is to write at once.
SpillCodec cheapest_codec(std::span<const CodecTrial> trials, double write_bytes_per_second) noexcept;

}  // namespace basalt
