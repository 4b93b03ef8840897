// Values for the cells of a grid, from a file: initial states, and parameters that vary in space.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "workloads/patterns/grid.h"

namespace basalt::patterns {

class GridValues {
 public:
  GridValues(std::string name, std::vector<std::uint64_t> shape);
  virtual ~GridValues() = default;
  GridValues(const GridValues&) = delete;
  GridValues& operator=(const GridValues&) = delete;

  /// Cells along the axes, the slowest first; an image has {height, width}.
  [[nodiscard]] const std::vector<std::uint64_t>& shape() const noexcept { return shape_; }

  /// How many grids the file holds: 1 where its shape is the grid's, {nz, ny, nx} without absent axes, and k where that
  /// follows an axis of k. Throws Error(bad_input) for any other shape.
  [[nodiscard]] std::uint64_t layers(const Grid& grid) const;

  /// The row (y, z) of a layer: grid.size[0] values. Only for a grid that `layers` has taken. Throws Error(bad_input)
  /// for values that are not finite, Error(io).
  void read_row(const Grid& grid, std::uint64_t layer, std::uint64_t y, std::uint64_t z, double* row) const;

 private:
  virtual void read(std::uint64_t first, std::uint64_t count, double* values) const = 0;

  std::string name_;
  std::vector<std::uint64_t> shape_;
};

/// Opens a .npy file (f4, f8 or whole numbers, little-endian, C order), whose values are read when they are asked for,
/// a PNG image, as brightness in 0…1, row y = 0 on top, or an HDF5 file, of which `names` are the data sets (see
/// open_hdf5). Throws Error(bad_input) for any other file, and a damaged one.
std::unique_ptr<GridValues> open_grid_values(const std::string& path, const std::vector<std::string>& names = {});

}  // namespace basalt::patterns
