#include "execute/tile_loop.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "execute/execute.h"

namespace basalt {
namespace {

/// Tiles that are contiguous in the field and no larger than this are worked on where they lie: no two of their
/// elements are so far apart that they would push each other out of the cache.
constexpr std::uint64_t kInPlaceBytes = std::uint64_t{32} << 10;

/// A run never crosses a free line of a padded tile.
constexpr std::uint64_t kMostRunBytes = 4096;

/// How far ahead of a gather memory is asked for.
constexpr std::uint64_t kAheadBytes = std::uint64_t{4} << 10;

constexpr std::uint64_t kLineBytes = 64;

/// What a program may need beside its tile: a few tables and lists.
constexpr std::uint64_t kScratchBytes = std::uint64_t{128} << 10;

constexpr std::uint64_t round_up_to_lines(std::uint64_t bytes) {
  return (bytes + kLineBytes - 1) / kLineBytes * kLineBytes;
}

/// The next number that has bits of `mask` only, after `value`; 0 after the last.
constexpr std::uint64_t next_within(std::uint64_t value, std::uint64_t mask) {
  return ((value | ~mask) + 1) & mask;
}

/// The `rank`-th number that has bits of `mask` only.
std::uint64_t spread(std::uint64_t rank, std::uint64_t mask) {
  std::uint64_t result = 0;
  for (; mask != 0; mask &= mask - 1, rank >>= 1) {
    result |= (rank & 1) != 0 ? mask & -mask : 0;
  }
  return result;
}

}  // namespace

std::uint64_t tile_buffer_bytes(std::uint64_t tile_bytes) noexcept {
  return round_up_to_lines(padded_offset(tile_bytes)) + kScratchBytes;
}

Buffer TileBuffers::borrow(std::uint64_t bytes) {
  {
    const std::scoped_lock lock(mutex_);
    const auto fitting =
        std::ranges::find_if(free_, [&](const Buffer& buffer) { return buffer.size_bytes() >= bytes; });
    if (fitting != free_.end()) {
      Buffer result = std::move(*fitting);
      free_.erase(fitting);
      return result;
    }
    if (!free_.empty()) {
      free_.pop_back();  // too small for this stage: not kept beside a larger one
    }
  }
  return Buffer(memory_, bytes);
}

void TileBuffers::give_back(Buffer buffer) {
  const std::scoped_lock lock(mutex_);
  free_.push_back(std::move(buffer));
}

std::uint64_t padding_axes(int axes) noexcept {
  const std::uint64_t all = (std::uint64_t{1} << std::max(axes, kMinFieldAxes)) - 1;
  return all & ~((std::uint64_t{1} << axes) - 1);
}

TileLoop::TileLoop(ElementType type, int axes, std::uint64_t tile_axes, std::uint64_t outer_axes,
                   const TileProgram& program)
    : outer_axes_(outer_axes), program_(program), element_bytes_(element_bytes(type)) {
  tile_axes |= padding_axes(axes);
  tile_bytes_ = element_bytes_ << std::popcount(tile_axes);
  const int low = std::countr_one(tile_axes);
  const bool contiguous = std::popcount(tile_axes) == low;
  padded_ = program.takes_padding();
  in_place_ = contiguous && (!padded_ || tile_bytes_ <= kInPlaceBytes);
  run_bytes_ = std::min(kMostRunBytes, element_bytes_ << low);
  if (in_place_) {
    return;
  }
  const std::uint64_t run_elements = run_bytes_ / element_bytes_;
  const std::uint64_t far_axes = tile_axes & ~(run_elements - 1);
  starts_.reserve(tile_bytes_ / run_bytes_);
  std::uint64_t start = 0;
  do {
    starts_.push_back(start * element_bytes_);
    start = next_within(start, far_axes);
  } while (start != 0);
}

std::uint64_t TileLoop::tile_room() const {
  return in_place_ ? 0 : round_up_to_lines(padded_offset(tile_bytes_));
}

std::uint64_t TileLoop::scratch_bytes() const {
  return tile_room() + std::max<std::uint64_t>(program_.scratch_bytes(), kLineBytes);
}

void TileLoop::run(std::byte* field, Slice slice, std::byte* scratch) const {
  const std::uint64_t tiles = std::uint64_t{1} << std::popcount(outer_axes_);
  const std::uint64_t end = tiles * (slice.index + 1) / slice.count;
  std::uint64_t rank = tiles * slice.index / slice.count;
  for (std::uint64_t base = spread(rank, outer_axes_); rank < end; ++rank, base = next_within(base, outer_axes_)) {
    std::byte* const first = field + base * element_bytes_;
    if (in_place_) {
      program_.run(first, base, false, scratch);
    } else {
      run_gathered(first, base, scratch, scratch + tile_room());
    }
  }
}

void TileLoop::run_gathered(std::byte* first, std::uint64_t base, std::byte* tile, void* scratch) const {
  gather(first, tile);
  program_.run(tile, base, padded_, scratch);
  scatter(tile, first);
}

/// Runs are too short and too far apart for the processor to foresee them.
void TileLoop::gather(const std::byte* field, std::byte* tile) const {
  const std::size_t ahead = std::max<std::size_t>(1, kAheadBytes / run_bytes_);
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    if (i + ahead < starts_.size()) {
      const std::byte* const next = field + starts_[i + ahead];
      for (std::uint64_t line = 0; line < run_bytes_; line += kLineBytes) {
        __builtin_prefetch(next + line);
      }
    }
    const std::uint64_t offset = i * run_bytes_;
    std::memcpy(tile + (padded_ ? padded_offset(offset) : offset), field + starts_[i], run_bytes_);
  }
}

void TileLoop::scatter(const std::byte* tile, std::byte* field) const {
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    const std::uint64_t offset = i * run_bytes_;
    std::memcpy(field + starts_[i], tile + (padded_ ? padded_offset(offset) : offset), run_bytes_);
  }
}

}  // namespace basalt
