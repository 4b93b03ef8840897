// Two-level segregated fit over a range of offsets (Masmano, Ripoll, Crespo and Real, ECRTS 2004): finds, splits and
// merges free blocks in constant time. It never touches the memory that the offsets stand for, so that one allocator
// serves slabs of host memory, blocks of a device and the space of a file.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace basalt {

/// Not thread-safe. Its own metadata grows with the number of blocks.
class OffsetAllocator {
 public:
  struct Allocation {
    std::uint64_t offset = 0;
    std::uint32_t node = 0;  ///< For release().
  };

  /// Offsets in [0, capacity_bytes). Sizes are rounded up, and the capacity down, to `granularity`, a power of two.
  explicit OffsetAllocator(std::uint64_t capacity_bytes, std::uint64_t granularity = 64);

  /// `bytes` > 0; `alignment` is a power of two. Nothing where no free block fits; a block that is larger by
  /// less than 1/32 and the alignment may be overlooked. Throws std::bad_alloc, with nothing changed, when the metadata
  /// cannot grow.
  std::optional<Allocation> allocate(std::uint64_t bytes, std::uint64_t alignment = 1);

  /// Frees what allocate() gave, and merges it with free neighbours.
  void release(Allocation allocation) noexcept;

  [[nodiscard]] std::uint64_t capacity_bytes() const noexcept { return capacity_ * granularity_; }
  [[nodiscard]] std::uint64_t free_bytes() const noexcept { return free_ * granularity_; }
  /// Walks one free list: for reports.
  [[nodiscard]] std::uint64_t largest_free_bytes() const noexcept;
  /// 1 - largest free block / free bytes; 0 when nothing is free.
  [[nodiscard]] double fragmentation() const noexcept;
  /// Bytes of the block that `node` stands for, after rounding.
  [[nodiscard]] std::uint64_t size_of(Allocation allocation) const noexcept;

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr unsigned kLists = 32;  ///< Of each power of two of sizes.
  static constexpr unsigned kListBits = 5;

  /// A block, free or not. Offsets and sizes in granules. Blocks are linked in the order of their offsets, free ones
  /// also in the list of their size.
  struct Node {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint32_t before = kNone;
    std::uint32_t after = kNone;
    std::uint32_t previous_free = kNone;
    std::uint32_t next_free = kNone;
    bool is_free = false;
  };
  /// The lists of one power of two.
  struct Row {
    std::uint32_t filled = 0;  ///< Bit i: list i has blocks.
    std::array<std::uint32_t, kLists> heads{};
  };
  struct Place {
    unsigned row;
    unsigned list;
  };

  /// The list that a block of `size` is in, and the first one whose every block is at least as large.
  static Place place_of(std::uint64_t size) noexcept;
  static Place place_above(std::uint64_t size) noexcept;
  [[nodiscard]] std::uint32_t first_from(Place place) const noexcept;
  [[nodiscard]] std::uint32_t try_list(std::uint32_t node, std::uint64_t size, std::uint64_t alignment) const noexcept;
  [[nodiscard]] std::uint32_t find(std::uint64_t size, std::uint64_t alignment) const noexcept;
  void insert_free(std::uint32_t node) noexcept;
  void remove_free(std::uint32_t node) noexcept;
  void reserve_spare_nodes();
  std::uint32_t split(std::uint32_t node, std::uint64_t size) noexcept;
  void absorb_next(std::uint32_t node) noexcept;

  std::uint64_t granularity_;
  std::uint64_t capacity_;  ///< In granules, as is free_.
  std::uint64_t free_;
  std::uint64_t filled_rows_ = 0;
  std::vector<Row> rows_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> spare_;  ///< Nodes without a block.
};

}  // namespace basalt
