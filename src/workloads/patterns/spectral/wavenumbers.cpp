#include "workloads/patterns/spectral/wavenumbers.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace basalt::patterns {

Wavenumbers::Wavenumbers(const Grid& grid, Stencil stencil)
    : grid_(grid), corners_(grid.axes == 2 && stencil == Stencil::isotropic) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::uint64_t size = grid.size[axis];
    for (std::uint64_t mode = 0; mode < size; ++mode) {
      const double turns = static_cast<double>(std::min(mode, size - mode)) / static_cast<double>(size);
      const double phase = 2 * std::numbers::pi * turns;
      square_[axis].push_back(phase * phase / (grid.spacing * grid.spacing));
      cosine_[axis].push_back(std::cos(phase));
    }
  }
}

void Wavenumbers::squares_of_row(std::uint64_t row, std::vector<double>& squares) const {
  const double others = square_[1][row % grid_.size[1]] + square_[2][row / grid_.size[1]];
  squares.resize(grid_.size[0] / 2 + 1);
  for (std::uint64_t mode = 0; mode < squares.size(); ++mode) {
    squares[mode] = square_[0][mode] + others;
  }
}

void Wavenumbers::laplacians_of_row(std::uint64_t row, std::vector<double>& laplacians) const {
  const double y = cosine_[1][row % grid_.size[1]];
  const double z = cosine_[2][row / grid_.size[1]];
  const double scale = 1 / (grid_.spacing * grid_.spacing);
  laplacians.resize(grid_.size[0] / 2 + 1);
  for (std::uint64_t mode = 0; mode < laplacians.size(); ++mode) {
    const double x = cosine_[0][mode];
    // of axes that there are not, the cosine is 1
    laplacians[mode] = scale * (corners_ ? 10.0 / 3 - 4.0 / 3 * (x + y) - 2.0 / 3 * x * y : 2 * (3 - x - y - z));
  }
}

}  // namespace basalt::patterns
