#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "basalt/memory/spill.h"
#include "base/stopwatch.h"
#include "runtime/memory/packed_chunk.h"
#include "runtime/metrics/metrics.h"
#include "runtime/metrics/span.h"
#include "runtime/metrics/work_time.h"

namespace basalt {
namespace {

constexpr std::uint64_t kChunkBytes = std::uint64_t{4} << 20;
/// Ranges of the file are whole blocks of the disk.
constexpr std::uint64_t kDiskBlockBytes = 4096;

/// Memory for one chunk; null where there is none, for spilling happens when memory is short.
using Scratch = std::unique_ptr<std::byte[]>;
Scratch make_scratch(std::size_t bytes) {
  return Scratch(new (std::nothrow) std::byte[bytes]);
}

template <typename Byte>
std::span<Byte> chunk_of(std::span<Byte> bytes, std::uint64_t index) {
  const std::uint64_t begin = index * kChunkBytes;
  return bytes.subspan(begin, std::min(kChunkBytes, bytes.size() - begin));
}

}  // namespace

struct SpillFile::State {
  State(std::unique_ptr<SpillStorage> file, SpillOptions spill_options)
      : storage(std::move(file)),
        options(spill_options),
        packer(options.codec),
        space(options.limit_bytes, kDiskBlockBytes) {}

  std::unique_ptr<SpillStorage> storage;
  SpillOptions options;
  ChunkPacker packer;
  mutable std::mutex mutex;
  OffsetAllocator space;  ///< Of the file.

  Item::Chunk store_chunk(std::span<const std::byte> bytes) {
    const PackedChunk packed = packer.pack(bytes);
    Item::Chunk chunk = write(packed.codec, packed.bytes);
    chunk.checksum = packed.checksum;
    return chunk;
  }

  void restore_chunk(const Item::Chunk& chunk, std::span<std::byte> into) const {
    bool whole = true;
    if (chunk.codec == SpillCodec::none) {
      storage->read(chunk.place.offset, into);
      whole = unpack(chunk.codec, chunk.checksum, into, into);
    } else {
      const Scratch scratch = make_scratch(chunk.file_bytes);
      if (!scratch) {
        throw Error(ErrorCode::out_of_resources,
                    "no " + format_bytes(chunk.file_bytes) + " of memory to restore spilled memory through");
      }
      storage->read(chunk.place.offset, {scratch.get(), chunk.file_bytes});
      whole = unpack(chunk.codec, chunk.checksum, {scratch.get(), chunk.file_bytes}, into);
    }
    if (!whole) {
      throw Error(ErrorCode::io,
                  "spilled memory came back damaged from the disk: " + format_bytes(into.size()) + " at offset " +
                      std::to_string(chunk.place.offset),
                  "check the disk; results that depend on it are lost");
    }
  }

  void discard(const Item::Chunk& chunk) noexcept {
    storage->discard(chunk.place.offset, (chunk.file_bytes + kDiskBlockBytes - 1) / kDiskBlockBytes * kDiskBlockBytes);
    const std::scoped_lock lock(mutex);
    space.release(chunk.place);
  }

 private:
  Item::Chunk write(SpillCodec codec, std::span<const std::byte> bytes) {
    Item::Chunk chunk{.place = reserve(bytes.size()), .file_bytes = bytes.size(), .codec = codec};
    try {
      const Stopwatch watch;
      storage->write(chunk.place.offset, bytes);
      packer.note_written(bytes.size(), watch.seconds());
    } catch (...) {
      discard(chunk);
      throw;
    }
    metrics::add(metrics::Metric::spill_file_bytes, bytes.size());
    return chunk;
  }

  OffsetAllocator::Allocation reserve(std::uint64_t bytes) {
    const std::scoped_lock lock(mutex);
    if (const auto place = space.allocate(bytes)) {
      return *place;
    }
    throw Error(ErrorCode::out_of_resources,
                format_bytes(bytes) + " more would exceed the " + format_bytes(options.limit_bytes) +
                    " that may be spilled to disk, of which " + format_bytes(space.free_bytes()) +
                    " are free, the largest piece " + format_bytes(space.largest_free_bytes()),
                "raise the limit, or run fewer jobs at once");
  }
};

SpillFile::SpillFile(std::unique_ptr<SpillStorage> storage, SpillOptions options)
    : state_(std::make_unique<State>(std::move(storage), options)) {}

SpillFile::~SpillFile() = default;

SpillFile::Item SpillFile::store(std::span<const std::byte> bytes, const CancelToken& cancel, const ForEach& for_each) {
  const metrics::MemoryTime time;
  const metrics::Span span(metrics::SpanName::spill, {.detail = {}, .bytes = static_cast<double>(bytes.size())});
  Item item;
  item.state_ = state_.get();
  item.size_bytes_ = bytes.size();
  item.chunks_.resize((bytes.size() + kChunkBytes - 1) / kChunkBytes);
  for_each(item.chunks_.size(), [&](std::uint64_t i) {
    cancel.check();
    item.chunks_[i] = state_->store_chunk(chunk_of(bytes, i));
  });
  metrics::add(metrics::Metric::spilled_bytes, bytes.size());
  return item;
}

void SpillFile::restore(const Item& item, std::span<std::byte> into, const CancelToken& cancel,
                        const ForEach& for_each) const {
  if (into.size() != item.size_bytes_) {
    throw Error(ErrorCode::bad_usage, format_bytes(item.size_bytes_) + " of spilled memory cannot be restored into " +
                                          format_bytes(into.size()));
  }
  const metrics::MemoryTime time;
  const metrics::Span span(metrics::SpanName::restore, {.detail = {}, .bytes = static_cast<double>(into.size())});
  for_each(item.chunks_.size(), [&](std::uint64_t i) {
    cancel.check();
    state_->restore_chunk(item.chunks_[i], chunk_of(into, i));
  });
  metrics::add(metrics::Metric::restored_bytes, into.size());
}

std::uint64_t SpillFile::file_bytes() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->space.capacity_bytes() - state_->space.free_bytes();
}

SpillFile::Item::Item(Item&& other) noexcept
    : state_(std::exchange(other.state_, nullptr)),
      size_bytes_(std::exchange(other.size_bytes_, 0)),
      chunks_(std::exchange(other.chunks_, {})) {}

SpillFile::Item& SpillFile::Item::operator=(Item&& other) noexcept {
  Item taken(std::move(other));
  std::swap(state_, taken.state_);
  std::swap(size_bytes_, taken.size_bytes_);
  std::swap(chunks_, taken.chunks_);
  return *this;
}

SpillFile::Item::~Item() {
  for (const Chunk& chunk : chunks_) {
    if (chunk.file_bytes != 0) {  // one that was stored
      state_->discard(chunk);
    }
  }
}

std::uint64_t SpillFile::Item::file_bytes() const noexcept {
  std::uint64_t bytes = 0;
  for (const Chunk& chunk : chunks_) {
    bytes += chunk.file_bytes;
  }
  return bytes;
}

}  // namespace basalt
