#include "runtime/memory/chunk_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

#include "basalt/error.h"
#include "runtime/memory/checksum.h"
#include "runtime/memory/compression.h"
#include "runtime/metrics/metrics.h"

namespace basalt {
namespace {

/// Direct transfers are whole blocks of this size.
constexpr std::uint64_t kDiskBlockBytes = 4096;

/// Numbers that did not compress seldom do a little later.
constexpr std::uint32_t kLongestPause = 256;

std::uint64_t whole_blocks(std::uint64_t bytes) {
  return (bytes + kDiskBlockBytes - 1) / kDiskBlockBytes * kDiskBlockBytes;
}

/// Stops at the first byte that is not 0, which in a state comes soon.
bool all_zero(std::span<const std::byte> bytes) {
  constexpr std::size_t kPiece = 4096;
  static constexpr std::array<std::byte, kPiece> kZeros{};
  for (std::size_t done = 0; done < bytes.size(); done += kPiece) {
    if (std::memcmp(bytes.data() + done, kZeros.data(), std::min(kPiece, bytes.size() - done)) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace

ChunkFile::ChunkFile(std::unique_ptr<SpillStorage> storage, ChunkFileOptions options)
    : storage_(std::move(storage)), options_(std::move(options)), entries_(options_.count) {}

std::uint64_t ChunkFile::scratch_bytes(std::uint64_t chunk_bytes) noexcept {
  return whole_blocks(
      std::max(compress_bound(SpillCodec::lz4, chunk_bytes), compress_bound(SpillCodec::zstd, chunk_bytes)));
}

void ChunkFile::read(std::uint64_t chunk, std::span<std::byte> into, Scratch scratch) {
  const Entry& entry = entries_[chunk];
  if (entry.file_bytes == 0) {
    std::memset(into.data(), 0, into.size());
    return;
  }
  const std::uint64_t offset = chunk * options_.chunk_bytes;
  bool whole = true;
  if (entry.codec == SpillCodec::none) {
    storage_->read(offset, into);
  } else {
    storage_->read(offset, scratch.first(whole_blocks(entry.file_bytes)));
    whole = decompress(entry.codec, scratch.first(entry.file_bytes), into);
  }
  if (!whole || checksum(into) != entry.checksum) {
    throw Error(ErrorCode::io,
                "the state on disk came back damaged: chunk " + std::to_string(chunk) + " of " +
                    std::to_string(options_.count) + " of the file in " + options_.name,
                "check the disk; nothing can be computed from what is left");
  }
  read_bytes_ += entry.codec == SpillCodec::none ? into.size() : whole_blocks(entry.file_bytes);
  restored_bytes_ += into.size();
  metrics::add(metrics::Metric::restored_bytes, into.size());
}

void ChunkFile::write(std::uint64_t chunk, std::span<const std::byte> from, Scratch scratch) {
  Entry& entry = entries_[chunk];
  if (all_zero(from)) {
    entry.file_bytes = 0;
    return;
  }
  const std::uint64_t offset = chunk * options_.chunk_bytes;
  Entry next{.checksum = checksum(from), .file_bytes = from.size(), .codec = SpillCodec::none};
  const SpillCodec codec = scratch.empty() ? SpillCodec::none : choose_codec(from);
  std::uint64_t disk_bytes = from.size();
  if (codec != SpillCodec::none) {
    const std::size_t size = compress(codec, from, scratch);
    if (size != 0 && whole_blocks(size) < from.size()) {
      next.file_bytes = size;
      next.codec = codec;
      disk_bytes = whole_blocks(size);
      std::memset(scratch.data() + size, 0, disk_bytes - size);
    }
  }
  storage_->write(offset, next.codec == SpillCodec::none ? from : scratch.first(disk_bytes));
  entry = next;
  written_bytes_ += disk_bytes;
  stored_bytes_ += from.size();
  metrics::add(metrics::Metric::spilled_bytes, from.size());
  metrics::add(metrics::Metric::spill_file_bytes, disk_bytes);
}

/// Where a chunk does not compress, the next are left alone: twice as many each time.
SpillCodec ChunkFile::choose_codec(std::span<const std::byte> bytes) {
  if (options_.bytes_per_second <= 0) {
    return SpillCodec::none;
  }
  if (const std::uint32_t left = left_alone_.load(); left > 0) {
    left_alone_.store(left - 1);  // threads that meet here count one chunk as one: no harm
    return SpillCodec::none;
  }
  SpillCodec codec = SpillCodec::none;
  try {
    codec = cheapest_codec(try_codecs(bytes), options_.bytes_per_second);
  } catch (const std::bad_alloc&) {  // memory is short: as good a reason as any
    codec = SpillCodec::none;
  }
  if (codec == SpillCodec::none) {
    const std::uint32_t pause = pause_.load();
    left_alone_.store(pause);
    pause_.store(std::min(2 * pause, kLongestPause));
  } else {
    pause_.store(1);
  }
  return codec;
}

}  // namespace basalt
