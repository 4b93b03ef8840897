// Slow, obvious bookkeeping beside an OffsetAllocator: every operation is done on both and compared.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>

#include "basalt/memory/offset_allocator.h"

namespace basalt::test {

class OffsetModel {
 public:
  OffsetModel(std::uint64_t capacity_bytes, std::uint64_t granularity)
      : allocator_(capacity_bytes, granularity),
        granularity_(granularity),
        capacity_(capacity_bytes / granularity * granularity) {}

  /// Each returns what is wrong; empty when nothing is.
  std::string allocate(std::uint64_t bytes, std::uint64_t alignment) {
    const std::uint64_t size = (bytes + granularity_ - 1) / granularity_ * granularity_;
    const auto allocation = allocator_.allocate(bytes, alignment);
    if (!allocation) {
      const std::uint64_t aligned = size + std::max(alignment, granularity_);
      const std::uint64_t enough = aligned + aligned / 32;
      return largest_gap() >= enough ? "refused " + std::to_string(bytes) + " B though there is room" : check();
    }
    const std::uint64_t offset = allocation->offset;
    if (offset % alignment != 0 || offset % granularity_ != 0) {
      return "misaligned at " + std::to_string(offset);
    }
    if (offset > capacity_ || size > capacity_ - offset) {
      return "beyond the end at " + std::to_string(offset);
    }
    const auto after = blocks_.lower_bound(offset);
    if (after != blocks_.end() && after->first < offset + size) {
      return "overlaps the block at " + std::to_string(after->first);
    }
    if (after != blocks_.begin() && std::prev(after)->first + std::prev(after)->second.size > offset) {
      return "overlaps the block at " + std::to_string(std::prev(after)->first);
    }
    if (allocator_.size_of(*allocation) != size) {
      return "has the size " + std::to_string(allocator_.size_of(*allocation));
    }
    blocks_[offset] = {size, *allocation};
    used_ += size;
    return check();
  }

  /// Releases the block at or after the fraction `where` / 2^16 of the range.
  std::string release(std::uint16_t where) {
    if (blocks_.empty()) {
      return {};
    }
    auto block = blocks_.lower_bound(static_cast<std::uint64_t>(static_cast<double>(capacity_) * where / 65536));
    if (block == blocks_.end()) {
      --block;
    }
    used_ -= block->second.size;
    allocator_.release(block->second.allocation);
    blocks_.erase(block);
    return check();
  }

  [[nodiscard]] std::string check() const {
    if (allocator_.free_bytes() != capacity_ - used_) {
      return "free bytes are " + std::to_string(allocator_.free_bytes());
    }
    return {};
  }

  /// Free neighbours are merged exactly when the largest free block is the largest gap. Slow.
  [[nodiscard]] std::string check_largest() const {
    return allocator_.largest_free_bytes() == largest_gap() ? "" : "a gap is in pieces";
  }

  [[nodiscard]] std::uint64_t largest_gap() const {
    std::uint64_t largest = 0;
    std::uint64_t end = 0;
    for (const auto& [offset, block] : blocks_) {
      largest = std::max(largest, offset - end);
      end = offset + block.size;
    }
    return std::max(largest, capacity_ - end);
  }

  [[nodiscard]] const OffsetAllocator& allocator() const { return allocator_; }
  [[nodiscard]] std::size_t blocks() const { return blocks_.size(); }

 private:
  struct Block {
    std::uint64_t size;
    OffsetAllocator::Allocation allocation;
  };
  OffsetAllocator allocator_;
  std::uint64_t granularity_;
  std::uint64_t capacity_;
  std::uint64_t used_ = 0;
  std::map<std::uint64_t, Block> blocks_;
};

}  // namespace basalt::test
