// The grid of a run: its cells, and how they lie in memory.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "basalt/request.h"

namespace basalt::patterns {

/// Cells along x, y, z; 1 along axes that the grid does not have.
struct Grid {
  int axes = 2;
  std::array<std::uint64_t, 3> size{1, 1, 1};
  double spacing = 1;

  [[nodiscard]] std::uint64_t rows() const noexcept { return size[1] * size[2]; }
  [[nodiscard]] std::uint64_t cells() const noexcept { return size[0] * rows(); }
};

/// Along each axis that there is; below 3 a stencil would reach a cell from both sides.
inline constexpr std::uint64_t kLeastCells = 3;

/// Throws Error(bad_usage) for 0 or more than 3 axes, fewer than kLeastCells along one, more cells than 2^40, and a
/// spacing that is not above 0.
Grid make_grid(const std::vector<std::uint64_t>& size, double spacing);

constexpr std::uint64_t scalar_bytes(Precision precision) noexcept {
  return precision == Precision::single_precision ? 4 : 8;
}

/// Where the cells of one species lie, in numbers of its precision. Around the grid stands a layer of ghost cells,
/// which hold what the sides of the domain ask for. Rows begin and end at lines of the cache, so that kernels work on
/// whole vectors; what they compute beyond a row's end is never read as a cell.
struct Layout {
  std::uint64_t row = 0;    ///< From a cell to its neighbour along y.
  std::uint64_t plane = 0;  ///< Along z.
  std::uint64_t first = 0;  ///< Of cell (0, 0, 0).
  std::uint64_t total = 0;  ///< Numbers of a species.

  [[nodiscard]] std::uint64_t offset(std::uint64_t y, std::uint64_t z) const noexcept {
    return first + y * row + z * plane;
  }
};

Layout make_layout(const Grid& grid, Precision precision);

}  // namespace basalt::patterns
