// Transforms against sums over all cells, and wavenumbers against the Laplacian that they stand for.
#include "workloads/patterns/spectral/transform.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "basalt/error.h"
#include "basalt/memory.h"
#include "reference/pattern.h"
#include "workloads/patterns/spectral/wavenumbers.h"

namespace basalt::patterns {
namespace {

using Complex = std::complex<double>;

const std::vector<std::vector<std::uint64_t>> kSizes = {{3}, {8}, {13}, {6, 5}, {7, 16}, {3, 3}, {5, 4, 3}, {4, 3, 6}};

double value_of(std::uint64_t cell) {
  return std::sin(0.7 * static_cast<double>(cell) + 0.3) + 0.01 * static_cast<double>(cell * cell % 17);
}

/// A grid with the cells of one field in a spectral layout.
struct Field {
  explicit Field(const std::vector<std::uint64_t>& size)
      : grid(make_grid(size, 0.5)), layout(grid), arena(2), data(memory, layout.bytes()) {
    std::fill_n(data.as<double>(), layout.row * layout.rows, 0.0);
    for (std::uint64_t row = 0; row < layout.rows; ++row) {
      for (std::uint64_t x = 0; x < grid.size[0]; ++x) {
        cell(row, x) = value_of(row * grid.size[0] + x);
      }
    }
  }

  [[nodiscard]] double& cell(std::uint64_t row, std::uint64_t x) const {
    return data.as<double>()[row * layout.row + x];
  }
  [[nodiscard]] Complex mode(std::uint64_t row, std::uint64_t at) const {
    return {cell(row, 2 * at), cell(row, 2 * at + 1)};
  }
  /// k · x of a mode and a cell.
  [[nodiscard]] double phase(std::array<std::uint64_t, 3> mode, std::array<std::uint64_t, 3> cell) const {
    double turns = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      turns += static_cast<double>(mode[axis] * cell[axis]) / static_cast<double>(grid.size[axis]);
    }
    return 2 * std::numbers::pi * turns;
  }

  Grid grid;
  SpectralLayout layout;
  Arena arena;
  HostMemory memory;
  Buffer data;
};

TEST(Transform, IsASumOverAllCells) {
  const CancelToken never;
  for (const std::vector<std::uint64_t>& size : kSizes) {
    const Field field(size);
    Transform(field.grid, field.arena).forward(field.data.as<double>(), never);
    for (std::uint64_t row = 0; row < field.layout.rows; ++row) {
      for (std::uint64_t x = 0; x < field.layout.modes; ++x) {
        Complex expected = 0;
        for (std::uint64_t cell = 0; cell < field.grid.cells(); ++cell) {
          const std::uint64_t cell_row = cell / size[0];
          const double phase =
              field.phase({x, row % field.grid.size[1], row / field.grid.size[1]},
                          {cell % size[0], cell_row % field.grid.size[1], cell_row / field.grid.size[1]});
          expected += value_of(cell) * std::polar(1.0, -phase);
        }
        EXPECT_NEAR(std::abs(field.mode(row, x) - expected), 0, 1e-11) << size.size() << "D, row " << row << ", " << x;
      }
    }
  }
}

TEST(Transform, ThereAndBackMultipliesByTheCells) {
  const CancelToken never;
  for (const std::vector<std::uint64_t>& size : kSizes) {
    const Field field(size);
    const Transform transform(field.grid, field.arena);
    transform.forward(field.data.as<double>(), never);
    transform.backward(field.data.as<double>(), never);
    for (std::uint64_t cell = 0; cell < field.grid.cells(); ++cell) {
      const double expected = value_of(cell) * static_cast<double>(field.grid.cells());
      EXPECT_NEAR(field.cell(cell / size[0], cell % size[0]), expected, 1e-10) << size.size() << "D, cell " << cell;
    }
  }
}

TEST(Transform, RefusesWhatFftwCannotCount) {
  EXPECT_THROW(SpectralLayout(make_grid({std::uint64_t{1} << 31}, 1)), Error);
  EXPECT_THROW(SpectralLayout(make_grid({1 << 17, 1 << 17, 3}, 1)), Error);
  EXPECT_NO_THROW(SpectralLayout(make_grid({1 << 17, 1 << 17}, 1)));
}

TEST(Wavenumbers, AreThoseOfTheDiscreteLaplacian) {
  for (const bool isotropic : {false, true}) {
    for (const std::vector<std::uint64_t>& size : kSizes) {
      const Field field(size);
      const Wavenumbers wavenumbers(field.grid, isotropic ? Stencil::isotropic : Stencil::axes);
      std::vector<double> laplacians;
      for (std::uint64_t row = 0; row < field.layout.rows; ++row) {
        wavenumbers.laplacians_of_row(row, laplacians);
        for (std::uint64_t x = 0; x < field.layout.modes; ++x) {
          reference::PatternState state;
          state.axes = field.grid.axes;
          state.spacing = field.grid.spacing;
          state.isotropic = isotropic;
          state.species = {{}, {}};
          for (std::size_t axis = 0; axis < 3; ++axis) {
            state.size[axis] = static_cast<long>(field.grid.size[axis]);
          }
          for (std::uint64_t cell = 0; cell < field.grid.cells(); ++cell) {
            const std::uint64_t cell_row = cell / size[0];
            state.species[0].push_back(
                std::cos(field.phase({x, row % field.grid.size[1], row / field.grid.size[1]},
                                     {cell % size[0], cell_row % field.grid.size[1], cell_row / field.grid.size[1]})));
            state.species[1].push_back(0);
          }
          // u_t = ∇²u where nothing reacts; cell 0 is where the cosine is 1
          const double rate = reference::pattern_rates("gray-scott", {0, 0, 1, 1}, state)[0][0];
          EXPECT_NEAR(laplacians[x], -rate, 1e-12 * (1 + std::abs(rate)));
        }
      }
    }
  }
}

TEST(Wavenumbers, WeighWhatStandsForTwo) {
  for (const std::vector<std::uint64_t>& size : kSizes) {
    const Field field(size);
    const Wavenumbers wavenumbers(field.grid, Stencil::axes);
    double modes = 0;
    for (std::uint64_t x = 0; x < field.layout.modes; ++x) {
      modes += wavenumbers.weight(x);
    }
    EXPECT_EQ(modes, static_cast<double>(size[0]));
    std::vector<double> squares;
    wavenumbers.squares_of_row(0, squares);
    EXPECT_EQ(squares[0], 0);
    EXPECT_NEAR(squares[1], std::pow(2 * std::numbers::pi / (0.5 * static_cast<double>(size[0])), 2), 1e-12);
  }
}

}  // namespace
}  // namespace basalt::patterns
