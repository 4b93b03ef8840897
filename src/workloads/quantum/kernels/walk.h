// Which vectors a kernel visits: all vector indices in which some bits are fixed, in ascending order, and the part of
// them that a slice is.
#pragma once

#include <bit>
#include <cstdint>

#include "runtime/backend/kernel.h"

namespace basalt::quantum {

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Items [total·index/count, total·(index+1)/count), without overflow.
constexpr Range range_of(Slice slice, std::uint64_t total) noexcept {
  const std::uint64_t whole = total / slice.count;
  const std::uint64_t rest = total % slice.count;
  const auto bound = [&](std::uint64_t index) { return whole * index + rest * index / slice.count; };
  return {bound(slice.index), bound(slice.index + 1)};
}

/// The numbers whose bits at `fixed` are 0, in ascending order; callers add what the fixed bits should be.
class Walk {
 public:
  /// Starts at the `rank`-th such number.
  Walk(std::uint64_t fixed, std::uint64_t rank) noexcept : fixed_(fixed), index_(rank) {
    for (std::uint64_t rest = fixed; rest != 0; rest &= rest - 1) {
      const std::uint64_t below = (rest & -rest) - 1;
      index_ = ((index_ & ~below) << 1) | (index_ & below);
    }
  }

  [[nodiscard]] std::uint64_t index() const noexcept { return index_; }
  /// Goes `count` numbers on; all of them must lie in one run, i.e. below the lowest fixed bit.
  void advance(std::uint64_t count = 1) noexcept { index_ = ((index_ | fixed_) + count) & ~fixed_; }

 private:
  std::uint64_t fixed_;
  std::uint64_t index_;
};

}  // namespace basalt::quantum
