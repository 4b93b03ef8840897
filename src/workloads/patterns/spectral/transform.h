// Fourier transforms of the cells of a grid, in double and in place, on all threads of an arena, through FFTW.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "workloads/patterns/grid.h"

namespace basalt::patterns {

/// How cells, and after a transform modes, lie in an array of doubles. Rows along x begin at lines of the cache and
/// hold nx cells or nx/2 + 1 modes: those of negative wavenumbers along x are the conjugates of these.
struct SpectralLayout {
  /// Throws Error(unsupported) for what FFTW cannot count: 2^31 cells or more along an axis, or modes in a plane of
  /// three.
  explicit SpectralLayout(const Grid& grid);

  std::uint64_t modes = 0;  ///< Of a row.
  std::uint64_t row = 0;    ///< Doubles from a row to the next; rows of y within z follow one another.
  std::uint64_t rows = 0;

  [[nodiscard]] std::uint64_t bytes() const noexcept { return row * rows * sizeof(double); }
};

/// Each one-dimensional transform runs on one thread: the same bits on any number of them.
class Transform {
 public:
  Transform(const Grid& grid, const Arena& arena);
  ~Transform();
  Transform(const Transform&) = delete;
  Transform& operator=(const Transform&) = delete;

  [[nodiscard]] const SpectralLayout& layout() const noexcept { return layout_; }

  /// From u(x) to Σ u(x) exp(−i k x). `data` begins at a line of the cache; what lies between the cells of a row and
  /// the next row must hold finite numbers. Throws Error(cancelled) between rows.
  void forward(double* data, const CancelToken& cancel) const;
  /// The inverse without its factor 1/N: a transform there and back multiplies by the number of cells.
  void backward(double* data, const CancelToken& cancel) const;

 private:
  struct Plan;
  void along_x(double* data, const Plan& plan, const CancelToken& cancel) const;
  void across(double* data, std::size_t axis, const Plan& plan, const CancelToken& cancel) const;

  const Grid grid_;
  const SpectralLayout layout_;
  const Arena& arena_;
  std::array<std::unique_ptr<Plan>, 3> forward_;
  std::array<std::unique_ptr<Plan>, 3> backward_;
};

}  // namespace basalt::patterns
