#include "workloads/patterns/grid.h"

#include <fmt/format.h>

#include <cmath>

#include "basalt/error.h"

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kLineBytes = 64;
constexpr std::uint64_t kMostCells = std::uint64_t{1} << 40;

constexpr std::uint64_t round_up(std::uint64_t count, std::uint64_t to) {
  return (count + to - 1) / to * to;
}

}  // namespace

Grid make_grid(const std::vector<std::uint64_t>& size, double spacing) {
  if (size.empty() || size.size() > 3) {
    throw Error(ErrorCode::bad_usage, fmt::format("a grid has 1 to 3 axes, not {}", size.size()),
                "give the cells along x, y and z, e.g. 512x512");
  }
  if (!std::isfinite(spacing) || spacing <= 0) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} is no spacing between cells", spacing), "give one above 0");
  }
  Grid grid{.axes = static_cast<int>(size.size()), .size = {1, 1, 1}, .spacing = spacing};
  std::uint64_t cells = 1;
  for (std::size_t axis = 0; axis < size.size(); ++axis) {
    if (size[axis] < kLeastCells) {
      throw Error(ErrorCode::bad_usage, fmt::format("{} cells along {} are too few", size[axis], "xyz"[axis]),
                  fmt::format("give {} or more, or leave the axis out", kLeastCells));
    }
    if (size[axis] > kMostCells / cells) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("{} cells along {} make a grid of more than 2^40", size[axis], "xyz"[axis]),
                  "give a smaller grid");
    }
    cells *= size[axis];
    grid.size[axis] = size[axis];
  }
  return grid;
}

Layout make_layout(const Grid& grid, Precision precision) {
  const std::uint64_t line = kLineBytes / scalar_bytes(precision);
  const std::uint64_t ghost_rows = grid.axes > 1 ? 1 : 0;
  const std::uint64_t ghost_planes = grid.axes > 2 ? 1 : 0;
  Layout layout;
  // a line on both sides: what the last vector looks at is not the next row, which another thread may be writing
  layout.row = line + round_up(grid.size[0], line) + line;
  layout.plane = layout.row * (grid.size[1] + 2 * ghost_rows);
  layout.first = line + ghost_rows * layout.row + ghost_planes * layout.plane;
  layout.total =
      layout.plane * (grid.size[2] + 2 * ghost_planes) + line;  // the last vector looks one cell beyond its row
  return layout;
}

}  // namespace basalt::patterns
