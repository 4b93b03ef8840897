// Sizes fall into rows, one for each power of two, and lists, 32 to a row; bits say which have free blocks. A list
// whose every block is large enough is found with two bit scans; a few blocks of the list that the size itself falls
// into are tried first, because a block of just this size is often there again.
#include "basalt/memory/offset_allocator.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <new>

namespace basalt {
namespace {

/// How many blocks of one list are tried for size and alignment: what keeps the search constant in time.
constexpr int kTries = 16;
/// Sums of two sizes never wrap.
constexpr std::uint64_t kMaxGranules = std::uint64_t{1} << 62;
constexpr std::size_t kMaxNodes = std::size_t{1} << 31;

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) noexcept {
  return (value + alignment - 1) & ~(alignment - 1);
}

}  // namespace

OffsetAllocator::OffsetAllocator(std::uint64_t capacity_bytes, std::uint64_t granularity)
    : granularity_(granularity), capacity_(std::min(capacity_bytes / granularity, kMaxGranules)), free_(capacity_) {
  assert(std::has_single_bit(granularity));
  Row empty;
  empty.heads.fill(kNone);
  rows_.assign(place_of(std::max<std::uint64_t>(capacity_, 1)).row + 1, empty);
  if (capacity_ > 0) {
    reserve_spare_nodes();
    const std::uint32_t all = spare_.back();
    spare_.pop_back();
    nodes_[all].size = capacity_;
    insert_free(all);
  }
}

OffsetAllocator::Place OffsetAllocator::place_of(std::uint64_t size) noexcept {
  const auto width = static_cast<unsigned>(std::bit_width(size));
  if (width <= kListBits) {
    return {0, static_cast<unsigned>(size)};
  }
  return {width - kListBits, static_cast<unsigned>(size >> (width - 1 - kListBits)) % kLists};
}

OffsetAllocator::Place OffsetAllocator::place_above(std::uint64_t size) noexcept {
  const auto width = static_cast<unsigned>(std::bit_width(size));
  return width <= kListBits ? place_of(size) : place_of(size + (std::uint64_t{1} << (width - 1 - kListBits)) - 1);
}

/// The head of the first filled list from `place` on, by size.
std::uint32_t OffsetAllocator::first_from(Place place) const noexcept {
  if (place.row >= rows_.size()) {
    return kNone;
  }
  if (const std::uint32_t lists = rows_[place.row].filled & (~std::uint32_t{0} << place.list); lists != 0) {
    return rows_[place.row].heads[static_cast<unsigned>(std::countr_zero(lists))];
  }
  const std::uint64_t rows = filled_rows_ & (~std::uint64_t{0} << place.row << 1);
  if (rows == 0) {
    return kNone;
  }
  const Row& row = rows_[static_cast<unsigned>(std::countr_zero(rows))];
  return row.heads[static_cast<unsigned>(std::countr_zero(row.filled))];
}

/// Among the first blocks of the list that begins at `node`, the lowest that holds `size` at a multiple of `alignment`:
/// low blocks fill up, so that high ones merge.
std::uint32_t OffsetAllocator::try_list(std::uint32_t node, std::uint64_t size,
                                        std::uint64_t alignment) const noexcept {
  std::uint32_t lowest = kNone;
  for (int tries = 0; node != kNone && tries < kTries; ++tries, node = nodes_[node].next_free) {
    const Node& block = nodes_[node];
    if (block.size >= size && align_up(block.offset, alignment) - block.offset <= block.size - size &&
        (lowest == kNone || block.offset < nodes_[lowest].offset)) {
      lowest = node;
    }
  }
  return lowest;
}

std::uint32_t OffsetAllocator::find(std::uint64_t size, std::uint64_t alignment) const noexcept {
  const Place own = place_of(size);
  std::uint32_t node = try_list(rows_[own.row].heads[own.list], size, alignment);
  if (node == kNone) {
    node = try_list(first_from(place_above(size)), size, alignment);
  }
  if (node == kNone && alignment > 1) {  // what is larger by the alignment fits wherever it lies
    node = first_from(place_above(size + alignment - 1));
  }
  return node;
}

std::optional<OffsetAllocator::Allocation> OffsetAllocator::allocate(std::uint64_t bytes, std::uint64_t alignment) {
  assert(bytes > 0 && std::has_single_bit(alignment));
  const std::uint64_t size = bytes / granularity_ + (bytes % granularity_ != 0 ? 1 : 0);
  const std::uint64_t granules = std::max<std::uint64_t>(1, alignment / granularity_);
  if (size > free_ || granules > kMaxGranules) {
    return std::nullopt;
  }
  reserve_spare_nodes();
  std::uint32_t node = find(size, granules);
  if (node == kNone) {
    return std::nullopt;
  }
  remove_free(node);
  if (const std::uint64_t gap = align_up(nodes_[node].offset, granules) - nodes_[node].offset; gap > 0) {
    const std::uint32_t rest = split(node, gap);
    insert_free(node);
    node = rest;
  }
  if (nodes_[node].size > size) {
    insert_free(split(node, size));
  }
  free_ -= size;
  return Allocation{nodes_[node].offset * granularity_, node};
}

void OffsetAllocator::release(Allocation allocation) noexcept {
  std::uint32_t node = allocation.node;
  assert(node < nodes_.size() && !nodes_[node].is_free && nodes_[node].offset * granularity_ == allocation.offset);
  free_ += nodes_[node].size;
  if (const std::uint32_t after = nodes_[node].after; after != kNone && nodes_[after].is_free) {
    remove_free(after);
    absorb_next(node);
  }
  if (const std::uint32_t before = nodes_[node].before; before != kNone && nodes_[before].is_free) {
    remove_free(before);
    absorb_next(before);
    node = before;
  }
  insert_free(node);
}

std::uint64_t OffsetAllocator::largest_free_bytes() const noexcept {
  if (filled_rows_ == 0) {
    return 0;
  }
  const Row& row = rows_[static_cast<unsigned>(std::bit_width(filled_rows_)) - 1];
  std::uint64_t largest = 0;
  for (std::uint32_t node = row.heads[static_cast<unsigned>(std::bit_width(row.filled)) - 1]; node != kNone;
       node = nodes_[node].next_free) {
    largest = std::max(largest, nodes_[node].size);
  }
  return largest * granularity_;
}

double OffsetAllocator::fragmentation() const noexcept {
  return free_ == 0 ? 0 : 1 - static_cast<double>(largest_free_bytes()) / static_cast<double>(free_bytes());
}

std::uint64_t OffsetAllocator::size_of(Allocation allocation) const noexcept {
  return nodes_[allocation.node].size * granularity_;
}

void OffsetAllocator::insert_free(std::uint32_t node) noexcept {
  Node& block = nodes_[node];
  const Place place = place_of(block.size);
  Row& row = rows_[place.row];
  block.is_free = true;
  block.previous_free = kNone;
  block.next_free = row.heads[place.list];
  if (block.next_free != kNone) {
    nodes_[block.next_free].previous_free = node;
  }
  row.heads[place.list] = node;
  row.filled |= std::uint32_t{1} << place.list;
  filled_rows_ |= std::uint64_t{1} << place.row;
}

void OffsetAllocator::remove_free(std::uint32_t node) noexcept {
  Node& block = nodes_[node];
  block.is_free = false;
  if (block.next_free != kNone) {
    nodes_[block.next_free].previous_free = block.previous_free;
  }
  if (block.previous_free != kNone) {
    nodes_[block.previous_free].next_free = block.next_free;
    return;
  }
  const Place place = place_of(block.size);
  Row& row = rows_[place.row];
  row.heads[place.list] = block.next_free;
  if (block.next_free == kNone) {
    row.filled &= ~(std::uint32_t{1} << place.list);
    if (row.filled == 0) {
      filled_rows_ &= ~(std::uint64_t{1} << place.row);
    }
  }
}

/// Two nodes are the most that one allocation splits off.
void OffsetAllocator::reserve_spare_nodes() {
  if (spare_.size() >= 2) {
    return;
  }
  const std::size_t old_count = nodes_.size();
  const std::size_t count = std::max<std::size_t>(16, 2 * old_count);
  if (count > kMaxNodes) {
    throw std::bad_alloc();
  }
  spare_.reserve(count);  // so that release() never has to grow it
  nodes_.resize(count);
  for (std::size_t node = count; node-- > old_count;) {
    spare_.push_back(static_cast<std::uint32_t>(node));
  }
}

/// Cuts `node` down to its first `size` granules; returns the node of the rest, which is in no free list.
std::uint32_t OffsetAllocator::split(std::uint32_t node, std::uint64_t size) noexcept {
  const std::uint32_t rest = spare_.back();
  spare_.pop_back();
  Node& block = nodes_[node];
  nodes_[rest] = {.offset = block.offset + size, .size = block.size - size, .before = node, .after = block.after};
  if (block.after != kNone) {
    nodes_[block.after].before = rest;
  }
  block.after = rest;
  block.size = size;
  return rest;
}

/// Joins `node` and the one after it, neither being in a free list.
void OffsetAllocator::absorb_next(std::uint32_t node) noexcept {
  Node& block = nodes_[node];
  const std::uint32_t next = block.after;
  block.size += nodes_[next].size;
  block.after = nodes_[next].after;
  if (block.after != kNone) {
    nodes_[block.after].before = node;
  }
  spare_.push_back(next);
}

}  // namespace basalt
