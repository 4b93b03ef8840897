#include "runtime/memory/chunk_file.h"

#include <algorithm>
#include <array>
#include <cmath>
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

std::uint64_t ChunkFile::scratch_bytes(std::uint64_t chunk_bytes, const std::optional<LossyNumbers>& lossy) noexcept {
  const std::uint64_t lossless =
      std::max(compress_bound(SpillCodec::lz4, chunk_bytes), compress_bound(SpillCodec::zstd, chunk_bytes));
  const std::uint64_t packed =
      whole_blocks(lossy ? std::max<std::uint64_t>(lossless, lossy_bound(*lossy, chunk_bytes)) : lossless);
  return lossy ? packed + whole_blocks(chunk_bytes) : packed;
}

double ChunkFile::lost() const noexcept {
  double sum = 0;
  for (const Entry& entry : entries_) {
    sum += entry.lost;
  }
  return std::sqrt(sum);
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
    const std::span<const std::byte> packed = scratch.first(entry.file_bytes);
    whole = entry.codec == SpillCodec::zfp ? decompress_lossy(*options_.lossy, packed, into)
                                           : decompress(entry.codec, packed, into);
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
  if (all_zero(from)) {
    clear(chunk);
    return;
  }
  const Entry next = pack(from, scratch);
  std::uint64_t disk_bytes = from.size();
  if (next.codec != SpillCodec::none) {
    disk_bytes = whole_blocks(next.file_bytes);
    std::memset(scratch.data() + next.file_bytes, 0, disk_bytes - next.file_bytes);
  }
  storage_->write(chunk * options_.chunk_bytes, next.codec == SpillCodec::none ? from : scratch.first(disk_bytes));
  entries_[chunk] = next;
  written_bytes_ += disk_bytes;
  stored_bytes_ += from.size();
  metrics::add(metrics::Metric::spilled_bytes, from.size());
  metrics::add(metrics::Metric::spill_file_bytes, disk_bytes);
}

/// What is not left as it is lies in the scratch.
ChunkFile::Entry ChunkFile::pack(std::span<const std::byte> from, Scratch scratch) {
  const SpillCodec codec = scratch.empty() ? SpillCodec::none : choose_codec(from);
  if (codec == SpillCodec::zfp) {
    if (const std::optional<Entry> packed = pack_lossy(from, scratch)) {
      return *packed;
    }
  } else if (codec != SpillCodec::none) {
    const std::size_t size = compress(codec, from, scratch);
    if (size != 0 && whole_blocks(size) < from.size()) {
      return {.checksum = checksum(from), .file_bytes = size, .codec = codec};
    }
  }
  return {.checksum = checksum(from), .file_bytes = from.size(), .codec = SpillCodec::none};
}

/// It is looked at what will come back: no more than was allowed may have changed.
std::optional<ChunkFile::Entry> ChunkFile::pack_lossy(std::span<const std::byte> from, Scratch scratch) const {
  const LossyNumbers& numbers = *options_.lossy;
  const std::span<std::byte> back = scratch.last(whole_blocks(from.size())).first(from.size());
  const std::size_t size = compress_lossy(numbers, from, scratch.first(scratch.size() - whole_blocks(from.size())));
  if (size == 0 || whole_blocks(size) >= from.size() || !decompress_lossy(numbers, scratch.first(size), back)) {
    return std::nullopt;
  }
  const NumberChange change = change_of(numbers.type, from, back);
  if (!(change.largest <= numbers.tolerance)) {
    return std::nullopt;
  }
  return Entry{.checksum = checksum(back), .file_bytes = size, .codec = SpillCodec::zfp, .lost = change.sum_of_squares};
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
    std::vector<CodecTrial> trials = try_codecs(bytes);
    if (options_.lossy) {
      trials.push_back(try_lossy(*options_.lossy, bytes));
    }
    codec = cheapest_codec(trials, options_.bytes_per_second);
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
