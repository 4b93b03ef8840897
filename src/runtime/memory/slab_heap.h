// Blocks of middle size carved out of slabs, the slabs being blocks of upstream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "basalt/memory.h"
#include "basalt/memory/offset_allocator.h"

namespace basalt {

/// Not thread-safe.
class SlabHeap {
 public:
  /// Blocks are whole pages.
  static constexpr std::uint64_t kPageBytes = 4096;
  /// What owner_of() tells apart.
  static constexpr std::uint64_t kUnitBytes = std::uint64_t{64} << 10;

  explicit SlabHeap(MemoryResource& upstream) : upstream_(upstream) {}
  ~SlabHeap();
  SlabHeap(const SlabHeap&) = delete;
  SlabHeap& operator=(const SlabHeap&) = delete;

  /// Aligned to a page, and to a unit where `bytes` is a multiple of one. nullptr where no slab has room.
  std::byte* allocate(std::uint64_t bytes);
  /// Takes a slab from upstream, in which `bytes` have room. Throws what upstream throws.
  void grow(std::uint64_t bytes);
  void release(std::byte* block) noexcept;

  /// Notes with every unit of a block whose it is; nullptr for nobody's.
  void set_owner(const std::byte* block, std::uint64_t bytes, void* owner) noexcept;
  /// Of the unit that `block` lies in.
  [[nodiscard]] void* owner_of(const std::byte* block) noexcept;

  /// Gives slabs without any block back to upstream while more than `keep_free_bytes` are free; returns the bytes.
  std::uint64_t trim(std::uint64_t keep_free_bytes) noexcept;

  [[nodiscard]] std::uint64_t slab_bytes() const noexcept { return slab_bytes_; }
  [[nodiscard]] std::uint64_t free_bytes() const noexcept { return free_bytes_; }
  [[nodiscard]] std::uint64_t largest_free_bytes() const noexcept;

 private:
  struct Slab {
    explicit Slab(std::uint64_t slab_bytes);
    std::uint64_t bytes;
    OffsetAllocator offsets;
    std::vector<std::uint32_t> nodes;  ///< Of the block that begins at each page.
    std::vector<void*> owners;         ///< Of each unit.
  };
  using Slabs = std::map<const std::byte*, Slab>;

  Slabs::iterator slab_of(const std::byte* block) noexcept;
  void give_back(Slabs::iterator slab) noexcept;

  MemoryResource& upstream_;
  Slabs slabs_;  ///< By address: the lowest are filled first, so that others become empty.
  std::uint64_t slab_bytes_ = 0;
  std::uint64_t free_bytes_ = 0;
};

}  // namespace basalt
