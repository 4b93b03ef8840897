// Where the axes of a field are, seen from a tile: inside it, with a number of their own, or outside.
#pragma once

#include <bit>
#include <cstdint>

#include "workloads/quantum/kernels/operands.h"

namespace basalt::quantum {

/// A condition of a step, in parts: on the index in the tile, and on the tile's place in the field.
struct SplitControl {
  ControlMask tile;
  ControlMask field;
};

class TileAxes {
 public:
  explicit TileAxes(std::uint64_t axes) noexcept : axes_(axes) {}

  [[nodiscard]] int count() const noexcept { return std::popcount(axes_); }

  /// Bit i of the result is the i-th of the tile's axes; axes outside are left out.
  [[nodiscard]] std::uint64_t inside(std::uint64_t field_mask) const noexcept {
    std::uint64_t result = 0;
    std::uint64_t place = 1;
    for (std::uint64_t rest = axes_; rest != 0; rest &= rest - 1, place <<= 1) {
      result |= (field_mask & rest & -rest) != 0 ? place : 0;
    }
    return result;
  }

  [[nodiscard]] std::uint64_t outside(std::uint64_t field_mask) const noexcept { return field_mask & ~axes_; }

  /// The tile's number for an axis inside of it.
  [[nodiscard]] int number_of(int axis) const noexcept {
    return std::popcount(axes_ & ((std::uint64_t{1} << axis) - 1));
  }

  [[nodiscard]] SplitControl split(const ControlMask& control) const noexcept {
    return {.tile = {inside(control.mask), inside(control.value)},
            .field = {outside(control.mask), outside(control.value)}};
  }

 private:
  std::uint64_t axes_;
};

}  // namespace basalt::quantum
