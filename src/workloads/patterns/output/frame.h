// A state of a run as those see it who write it to files: row by row, without ghost cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "basalt/request.h"
#include "workloads/patterns/grid.h"

namespace basalt::patterns {

struct FrameView {
  const Grid& grid;
  const std::vector<std::string>& species;  ///< Names, fit for names of data sets.
  Precision precision = Precision::single_precision;
  /// Copies the cells (0…nx−1, y, z) of a species, in the frame's precision, to `row`.
  std::function<void(std::size_t species, std::uint64_t y, std::uint64_t z, void* row)> read_row;
  std::uint64_t step = 0;
  double time = 0;

  [[nodiscard]] std::uint64_t row_bytes() const noexcept { return grid.size[0] * scalar_bytes(precision); }
};

/// The same row in double, whatever the frame's precision is.
void read_row(const FrameView& frame, std::size_t species, std::uint64_t y, std::uint64_t z, std::vector<double>& row);

/// Rows y … y + count − 1 of a plane, one after the other in memory.
struct RowBlock {
  const void* cells = nullptr;
  std::uint64_t y = 0;
  std::uint64_t z = 0;
  std::uint64_t rows = 0;
};

/// All cells of a species in order, x fastest, in blocks of about a mebibyte.
void for_each_block(const FrameView& frame, std::size_t species, const std::function<void(const RowBlock&)>& action);

/// The grid's cells along its axes, the slowest first: {nz, ny, nx} without axes that there are not.
std::vector<std::uint64_t> shape_of(const Grid& grid);

}  // namespace basalt::patterns
