#include "workloads/patterns/statistics/structure.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "workloads/patterns/spectral/wavenumbers.h"

namespace basalt::patterns {
namespace {

/// Modes of about one wavenumber.
struct Shell {
  double power = 0;       ///< Σ |û|².
  double wavenumber = 0;  ///< Σ k |û|².
  double modes = 0;
};

void load(const FrameView& frame, std::size_t species, double mean, const SpectralLayout& layout, double* data) {
  std::vector<double> row;
  for (std::uint64_t i = 0; i < layout.rows; ++i) {
    read_row(frame, species, i % frame.grid.size[1], i / frame.grid.size[1], row);
    double* const to = data + i * layout.row;
    std::transform(row.begin(), row.end(), to, [mean](double value) { return value - mean; });
    std::fill(to + row.size(), to + layout.row, 0.0);
  }
}

/// The narrowest that hold a mode along the longest axis each.
double shell_width(const Grid& grid) {
  const std::uint64_t longest = *std::max_element(grid.size.begin(), grid.size.end());
  return 2 * std::numbers::pi / (static_cast<double>(longest) * grid.spacing);
}

std::vector<Shell> sort_into_shells(const Grid& grid, const SpectralLayout& layout, const double* data) {
  const Wavenumbers wavenumbers(grid, Stencil::axes);
  const double width = shell_width(grid);
  std::vector<Shell> shells;
  std::vector<double> squares;
  for (std::uint64_t row = 0; row < layout.rows; ++row) {
    wavenumbers.squares_of_row(row, squares);
    for (std::uint64_t mode = 0; mode < layout.modes; ++mode) {
      const double* const value = data + row * layout.row + 2 * mode;
      const double wavenumber = std::sqrt(squares[mode]);
      const auto shell = static_cast<std::size_t>(std::lround(wavenumber / width));
      shells.resize(std::max(shells.size(), shell + 1));
      const double weight = wavenumbers.weight(mode);
      const double power = weight * (value[0] * value[0] + value[1] * value[1]);
      shells[shell].power += power;
      shells[shell].wavenumber += power * wavenumber;
      shells[shell].modes += weight;
    }
  }
  return shells;
}

std::optional<double> wavelength_of(std::vector<Shell>::const_iterator first, std::vector<Shell>::const_iterator last) {
  double power = 0;
  double wavenumber = 0;
  for (; first != last; ++first) {
    power += first->power;
    wavenumber += first->wavenumber;
  }
  if (!(wavenumber > 0)) {
    return std::nullopt;
  }
  return 2 * std::numbers::pi * power / wavenumber;
}

double mean_power(const Shell& shell) {
  return shell.modes > 0 ? shell.power / shell.modes : 0;
}

}  // namespace

Structure structure_of(const FrameView& frame, std::size_t species, double mean, const Transform& transform,
                       double* data, const CancelToken& cancel) {
  load(frame, species, mean, transform.layout(), data);
  transform.forward(data, cancel);
  const std::vector<Shell> shells = sort_into_shells(frame.grid, transform.layout(), data);
  Structure structure;
  const double width = shell_width(frame.grid);
  const double cells = static_cast<double>(frame.grid.cells());
  for (std::size_t shell = 1; shell < shells.size(); ++shell) {
    structure.factor.push_back({.wavenumber = width * static_cast<double>(shell),
                                .power = mean_power(shells[shell]) / cells,
                                .modes = static_cast<std::uint64_t>(shells[shell].modes)});
  }
  // the mode k = 0 is of rounding alone, for the mean was taken off
  const auto first = shells.begin() + 1;
  const auto peak = std::max_element(first, shells.end(),
                                     [](const Shell& a, const Shell& b) { return mean_power(a) < mean_power(b); });
  structure.dominant_wavelength = wavelength_of(std::max(first, peak - 1), std::min(shells.end() - 1, peak + 1) + 1);
  structure.mean_wavelength = wavelength_of(first, shells.end());
  return structure;
}

}  // namespace basalt::patterns
