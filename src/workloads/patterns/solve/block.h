// How a plane is cut into blocks that go through several steps of time in one visit, and what of the plane a block
// sees.
#pragma once

#include <cstdint>

#include "workloads/patterns/model.h"
#include "workloads/patterns/solve/domain.h"

namespace basalt::patterns {

/// Cells [x, x + cells) of rows [y, y + rows); x is a multiple of 64.
struct Block {
  std::uint64_t x = 0;
  std::uint64_t y = 0;
  std::uint64_t cells = 0;
  std::uint64_t rows = 0;
};

/// How a plane is cut. No steps: blocks do not pay.
struct BlockShape {
  std::uint64_t steps = 0;
  std::uint64_t cells = 0;
  std::uint64_t rows = 0;

  [[nodiscard]] explicit operator bool() const noexcept { return steps > 1; }
};

/// Rows of each field at each time that a block holds: a model of fourth order looks at three, and one more has been
/// begun.
inline constexpr std::uint64_t kBlockRowsHeld = 4;

/// For `steps` a visit, rows that fit `cache_bytes`, and several blocks for each of `threads`. No steps where the grid
/// is no plane, or too small for the cells around a block to be few.
BlockShape shape_blocks(const Domain& domain, const Model& model, std::uint64_t steps, std::uint64_t cache_bytes,
                        int threads);

/// Row by row, then column by column.
std::uint64_t count_blocks(const Domain& domain, const BlockShape& shape);
Block block_at(const Domain& domain, const BlockShape& shape, std::uint64_t index);

/// Rows (and cells along x) by which a result depends on what lies around it, each step.
std::uint64_t reach_of_step(const Model& model);

/// What a block sees when it goes through so many steps.
struct Reach {
  std::int64_t x = 0;  ///< Cells [x, end) of rows [first, last) are the block's own.
  std::int64_t end = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t around = 0;  ///< Rows before and after that it depends on.
  std::int64_t low = 0;     ///< The cells [low, high) count: a line of the cache beside its own, but beyond sides.
  std::int64_t high = 0;
  std::int64_t width = 0;  ///< Of the plane.
  std::int64_t height = 0;
  bool bounded = false;  ///< Along y: there are ghost rows at −1 and at `height`.

  /// There are cells in this row; else it is a ghost row, or beyond.
  [[nodiscard]] bool has_cells(std::int64_t y) const noexcept { return !bounded || (y >= 0 && y < height); }
  [[nodiscard]] bool owns(std::int64_t y) const noexcept { return y >= first && y < last; }
  /// The row of the plane where the cells of this one lie.
  [[nodiscard]] std::uint64_t row(std::int64_t y) const noexcept {
    return static_cast<std::uint64_t>((y % height + height) % height);
  }
  /// The block begins (ends) at a side that is not periodic.
  [[nodiscard]] bool at_left() const noexcept { return low == x; }
  [[nodiscard]] bool at_right() const noexcept { return high == end; }
};
Reach reach_of(const Domain& domain, const Model& model, const Block& block, std::uint64_t steps);

}  // namespace basalt::patterns
