#include "runtime/memory/packed_chunk.h"

#include <cstring>
#include <new>

#include "runtime/memory/checksum.h"
#include "runtime/memory/compression.h"

namespace basalt {

PackedChunk ChunkPacker::pack(std::span<const std::byte> chunk) const {
  PackedChunk packed{.codec = SpillCodec::none, .checksum = checksum(chunk), .bytes = chunk, .compressed = nullptr};
  const SpillCodec codec = codec_for(chunk);
  if (codec == SpillCodec::none) {
    return packed;
  }
  const std::size_t bound = compress_bound(codec, chunk.size());
  std::unique_ptr<std::byte[]> compressed(new (std::nothrow) std::byte[bound]);
  if (compressed == nullptr) {
    return packed;
  }
  const std::size_t size = compress(codec, chunk, {compressed.get(), bound});
  if (size != 0 && size < chunk.size()) {
    packed.codec = codec;
    packed.bytes = {compressed.get(), size};
    packed.compressed = std::move(compressed);
  }
  return packed;
}

void ChunkPacker::note_written(std::uint64_t bytes, double seconds) {
  const std::scoped_lock lock(mutex_);
  written_bytes_ += static_cast<double>(bytes);
  write_seconds_ += seconds;
}

SpillCodec ChunkPacker::codec_for(std::span<const std::byte> chunk) const {
  if (codec_) {
    return *codec_;
  }
  double bytes_per_second = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (write_seconds_ == 0) {
      return SpillCodec::none;  // the first chunk times the disk
    }
    bytes_per_second = written_bytes_ / write_seconds_;
  }
  try {
    return cheapest_codec(try_codecs(chunk), bytes_per_second);
  } catch (const std::bad_alloc&) {  // memory is short, which is why it is written
    return SpillCodec::none;
  }
}

bool unpack(SpillCodec codec, std::uint64_t sum, std::span<const std::byte> packed,
            std::span<std::byte> into) noexcept {
  if (codec != SpillCodec::none) {
    return decompress(codec, packed, into) && checksum(into) == sum;
  }
  if (packed.size() != into.size()) {
    return false;
  }
  if (packed.data() != into.data()) {
    std::memcpy(into.data(), packed.data(), into.size());
  }
  return checksum(into) == sum;
}

}  // namespace basalt
