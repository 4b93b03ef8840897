#include "workloads/patterns/analysis/grid_laplacian.h"

#include <algorithm>

namespace basalt::patterns {
namespace {

double* cells_at(const Domain& domain, const Cells& cells, std::uint64_t y, std::uint64_t z) {
  return reinterpret_cast<double*>(cells.field(0) + domain.row_offset(y, z));
}

/// Of a row whose first cell is at `u`: `y` and `z` are the steps to the neighbours along these axes.
void laplacian_row(Neighbours neighbours, const double* u, std::int64_t y, std::int64_t z, std::int64_t cells,
                   double* out) {
  switch (neighbours) {
    case Neighbours::line:
      for (std::int64_t x = 0; x < cells; ++x) {
        out[x] = u[x - 1] + u[x + 1] - 2 * u[x];
      }
      return;
    case Neighbours::plane:
      for (std::int64_t x = 0; x < cells; ++x) {
        out[x] = u[x - 1] + u[x + 1] + u[x - y] + u[x + y] - 4 * u[x];
      }
      return;
    case Neighbours::plane_with_corners:
      for (std::int64_t x = 0; x < cells; ++x) {
        const double sides = u[x - 1] + u[x + 1] + u[x - y] + u[x + y];
        const double corners = u[x - y - 1] + u[x - y + 1] + u[x + y - 1] + u[x + y + 1];
        out[x] = 2.0 / 3 * sides + 1.0 / 6 * corners - 10.0 / 3 * u[x];
      }
      return;
    case Neighbours::volume:
      for (std::int64_t x = 0; x < cells; ++x) {
        out[x] = u[x - 1] + u[x + 1] + u[x - y] + u[x + y] + u[x - z] + u[x + z] - 6 * u[x];
      }
      return;
  }
}

}  // namespace

Domain without_constants(Domain domain) {
  for (auto& axis : domain.ghosts) {
    for (Ghost& ghost : axis) {
      ghost.constant = 0;
    }
  }
  return domain;
}

GridLaplacian::GridLaplacian(const Domain& domain, Stencil stencil, MemoryResource& memory)
    : domain_(domain), neighbours_(neighbours_of(domain.grid, stencil)), cells_(domain, 1, memory) {}

void GridLaplacian::apply(const double* field, double* laplacian) const {
  const Grid& grid = domain_.grid;
  const std::uint64_t length = grid.size[0];
  for (std::uint64_t row = 0; row < grid.rows(); ++row) {
    double* const to = cells_at(domain_, cells_, row % grid.size[1], row / grid.size[1]);
    std::copy_n(field + row * length, length, to);
    fill_row_ends(domain_, reinterpret_cast<std::byte*>(to));
  }
  fill_ghost_rows(domain_, cells_.field(0));
  const double scale = 1 / (grid.spacing * grid.spacing);
  for (std::uint64_t row = 0; row < grid.rows(); ++row) {
    double* const out = laplacian + row * length;
    laplacian_row(neighbours_, cells_at(domain_, cells_, row % grid.size[1], row / grid.size[1]),
                  static_cast<std::int64_t>(domain_.layout.row), static_cast<std::int64_t>(domain_.layout.plane),
                  static_cast<std::int64_t>(length), out);
    std::transform(out, out + length, out, [scale](double sum) { return scale * sum; });
  }
}

}  // namespace basalt::patterns
