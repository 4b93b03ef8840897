// Which wavenumbers the modes of a grid have, in space and as its Laplacian sees them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "basalt/pattern.h"
#include "workloads/patterns/grid.h"

namespace basalt::patterns {

/// The modes of a grid by their places in a SpectralLayout.
class Wavenumbers {
 public:
  Wavenumbers(const Grid& grid, Stencil stencil);

  /// The squares of k of the modes of row `row`, and −∇² of the same: the discrete Laplacian's, of the stencil.
  void squares_of_row(std::uint64_t row, std::vector<double>& squares) const;
  void laplacians_of_row(std::uint64_t row, std::vector<double>& laplacians) const;

  /// How many modes stand for one that is kept: 2, but 1 where it is its own conjugate along x.
  [[nodiscard]] double weight(std::uint64_t mode) const noexcept {
    return mode == 0 || 2 * mode == grid_.size[0] ? 1 : 2;
  }

 private:
  const Grid grid_;
  const bool corners_;
  std::array<std::vector<double>, 3> square_;  ///< k² along each axis.
  std::array<std::vector<double>, 3> cosine_;  ///< cos(k h).
};

}  // namespace basalt::patterns
