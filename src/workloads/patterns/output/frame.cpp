#include "workloads/patterns/output/frame.h"

#include <algorithm>

namespace basalt::patterns {

void read_row(const FrameView& frame, std::size_t species, std::uint64_t y, std::uint64_t z, std::vector<double>& row) {
  const std::uint64_t cells = frame.grid.size[0];
  row.resize(cells);
  frame.read_row(species, y, z, row.data());
  if (frame.precision == Precision::single_precision) {
    // In place, from the end: a number is never overwritten before it is read.
    auto* bytes = reinterpret_cast<unsigned char*>(row.data());
    for (std::uint64_t x = cells; x-- > 0;) {
      float narrow = 0;
      std::copy_n(bytes + x * sizeof(float), sizeof(float), reinterpret_cast<unsigned char*>(&narrow));
      row[x] = narrow;
    }
  }
}

void for_each_block(const FrameView& frame, std::size_t species, const std::function<void(const RowBlock&)>& action) {
  constexpr std::uint64_t kBlockBytes = std::uint64_t{1} << 20;
  const std::uint64_t row_bytes = frame.row_bytes();
  const std::uint64_t rows = std::clamp<std::uint64_t>(kBlockBytes / row_bytes, 1, frame.grid.size[1]);
  std::vector<unsigned char> cells(rows * row_bytes);
  for (std::uint64_t z = 0; z < frame.grid.size[2]; ++z) {
    for (std::uint64_t y = 0; y < frame.grid.size[1]; y += rows) {
      const std::uint64_t count = std::min(rows, frame.grid.size[1] - y);
      for (std::uint64_t i = 0; i < count; ++i) {
        frame.read_row(species, y + i, z, cells.data() + i * row_bytes);
      }
      action({.cells = cells.data(), .y = y, .z = z, .rows = count});
    }
  }
}

std::vector<std::uint64_t> shape_of(const Grid& grid) {
  return {grid.size.rend() - grid.axes, grid.size.rend()};
}

}  // namespace basalt::patterns
