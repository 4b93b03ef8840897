#include "runtime/memory/slab_heap.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <iterator>
#include <optional>

#include "basalt/error.h"
#include "runtime/memory/poison.h"

namespace basalt {
namespace {

/// A slab adds about a quarter to those that are there: a small job takes little, and little of a slab lies idle.
constexpr std::uint64_t kLeastSlabBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostSlabBytes = std::uint64_t{16} << 20;

std::uint64_t round_up(std::uint64_t value, std::uint64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

SlabHeap::Slab::Slab(std::uint64_t slab_bytes)
    : bytes(slab_bytes),
      offsets(slab_bytes, kPageBytes),
      nodes(slab_bytes / kPageBytes),
      owners(round_up(slab_bytes, kUnitBytes) / kUnitBytes) {}

SlabHeap::~SlabHeap() {
  while (!slabs_.empty()) {
    give_back(slabs_.begin());
  }
}

std::byte* SlabHeap::allocate(std::uint64_t bytes) {
  const std::uint64_t alignment = bytes % kUnitBytes == 0 ? kUnitBytes : kPageBytes;
  for (auto& [base, slab] : slabs_) {
    if (const auto place = slab.offsets.allocate(bytes, alignment)) {
      slab.nodes[place->offset / kPageBytes] = place->node;
      free_bytes_ -= slab.offsets.size_of(*place);
      return const_cast<std::byte*>(base) + place->offset;
    }
  }
  return nullptr;
}

void SlabHeap::grow(std::uint64_t bytes) {
  const std::uint64_t needed = round_up(bytes, kUnitBytes);
  std::uint64_t wanted = std::max(needed, std::clamp(std::bit_ceil(slab_bytes_ / 4), kLeastSlabBytes, kMostSlabBytes));
  const std::byte* base = nullptr;
  try {
    base = upstream_.allocate(wanted);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::out_of_resources || wanted == needed) {
      throw;
    }
    wanted = needed;  // memory is short: a slab of just this size
    base = upstream_.allocate(wanted);
  }
  try {
    slabs_.try_emplace(base, wanted);
  } catch (...) {
    upstream_.release(const_cast<std::byte*>(base), wanted);
    throw;
  }
  poison(const_cast<std::byte*>(base), wanted);
  slab_bytes_ += wanted;
  free_bytes_ += wanted;
}

void SlabHeap::release(std::byte* block) noexcept {
  const auto found = slab_of(block);
  Slab& slab = found->second;
  const auto offset = static_cast<std::uint64_t>(block - found->first);
  const OffsetAllocator::Allocation place{offset, slab.nodes[offset / kPageBytes]};
  free_bytes_ += slab.offsets.size_of(place);
  slab.offsets.release(place);
}

void SlabHeap::set_owner(const std::byte* block, std::uint64_t bytes, void* owner) noexcept {
  const auto found = slab_of(block);
  const auto first = static_cast<std::size_t>(block - found->first) / kUnitBytes;
  std::fill_n(found->second.owners.begin() + static_cast<std::ptrdiff_t>(first), bytes / kUnitBytes, owner);
}

void* SlabHeap::owner_of(const std::byte* block) noexcept {
  const auto found = slab_of(block);
  return found->second.owners[static_cast<std::size_t>(block - found->first) / kUnitBytes];
}

std::uint64_t SlabHeap::trim(std::uint64_t keep_free_bytes) noexcept {
  const std::uint64_t before = slab_bytes_;
  for (auto slab = slabs_.begin(); slab != slabs_.end() && free_bytes_ > keep_free_bytes;) {
    const auto next = std::next(slab);
    if (slab->second.offsets.free_bytes() == slab->second.bytes) {
      free_bytes_ -= slab->second.bytes;
      give_back(slab);
    }
    slab = next;
  }
  return before - slab_bytes_;
}

std::uint64_t SlabHeap::largest_free_bytes() const noexcept {
  std::uint64_t largest = 0;
  for (const auto& [base, slab] : slabs_) {
    largest = std::max(largest, slab.offsets.largest_free_bytes());
  }
  return largest;
}

SlabHeap::Slabs::iterator SlabHeap::slab_of(const std::byte* block) noexcept {
  const auto above = slabs_.upper_bound(block);
  assert(above != slabs_.begin());
  const auto slab = std::prev(above);
  assert(block < slab->first + slab->second.bytes);
  return slab;
}

void SlabHeap::give_back(Slabs::iterator slab) noexcept {
  auto* const base = const_cast<std::byte*>(slab->first);
  const std::uint64_t bytes = slab->second.bytes;
  unpoison(base, bytes);
  slabs_.erase(slab);
  slab_bytes_ -= bytes;
  upstream_.release(base, bytes);
}

}  // namespace basalt
