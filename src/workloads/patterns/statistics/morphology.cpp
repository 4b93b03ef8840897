#include "workloads/patterns/statistics/morphology.h"

#include <cmath>
#include <numbers>
#include <vector>

namespace basalt::patterns {
namespace {

/// What squares of two by two cells say, summed over all of them.
struct Corners {
  double euler = 0;
  double along_axes = 0;  ///< Crossings of lines along the axes, ...
  double diagonal = 0;    ///< ... and of diagonal ones.

  void add(bool a, bool b, bool c, bool d) {  // a b over c d
    const int count = int{a} + int{b} + int{c} + int{d};
    if (count == 1 || count == 3) {
      euler += count == 1 ? 0.25 : -0.25;  // S. B. Gray, IEEE Trans. Comput. C-20 (1971) 551
    }
    along_axes += int{a != b} + int{a != c};
    diagonal += int{a != d} + int{b != c};
  }
};

/// A row of cells above the level, with one beyond each end.
using Row = std::vector<char>;

class Rows {
 public:
  Rows(const FrameView& frame, std::size_t species, double level, bool periodic)
      : frame_(frame), species_(species), level_(level), periodic_(periodic) {}

  double read(std::uint64_t y, std::uint64_t z, Row& above) {
    read_row(frame_, species_, y, z, values_);
    above.assign(values_.size() + 2, 0);
    double count = 0;
    for (std::size_t x = 0; x < values_.size(); ++x) {
      above[x + 1] = values_[x] > level_ ? 1 : 0;
      count += above[x + 1];
    }
    if (periodic_) {
      above.front() = above[values_.size()];
      above.back() = above[1];
    }
    return count;
  }

 private:
  const FrameView& frame_;
  std::size_t species_;
  double level_;
  bool periodic_;
  std::vector<double> values_;
};

}  // namespace

Morphology morphology_of(const FrameView& frame, std::size_t species, double level, const PatternRequest& request) {
  const Grid& grid = frame.grid;
  const bool periodic_x = request.sides[0][0].kind == SideKind::periodic;
  const bool periodic_y = request.sides[1][0].kind == SideKind::periodic;
  Rows rows(frame, species, level, periodic_x);
  const double cells = static_cast<double>(grid.cells());
  double area = 0;
  Row now;
  if (grid.axes != 2) {
    for (std::uint64_t row = 0; row < grid.rows(); ++row) {
      area += rows.read(row % grid.size[1], row / grid.size[1], now);
    }
    return {.area_fraction = area / cells, .perimeter = 0, .euler = 0, .roundness = 0};
  }

  Corners corners;
  Row before(grid.size[0] + 2, 0);
  const auto add_corners = [&](const Row& upper, const Row& lower) {
    // of a periodic row, the square at its first end is that at its last
    for (std::size_t x = periodic_x ? 1 : 0; x + 1 < upper.size(); ++x) {
      corners.add(upper[x] != 0, upper[x + 1] != 0, lower[x] != 0, lower[x + 1] != 0);
    }
  };
  if (periodic_y) {
    rows.read(grid.size[1] - 1, 0, before);
  }
  for (std::uint64_t y = 0; y < grid.size[1]; ++y) {
    area += rows.read(y, 0, now);
    add_corners(before, now);
    std::swap(before, now);
  }
  if (!periodic_y) {
    add_corners(before, Row(grid.size[0] + 2, 0));
  }

  Morphology shape{.area_fraction = area / cells, .perimeter = 0, .euler = corners.euler, .roundness = 0};
  shape.perimeter = std::numbers::pi / 8 * (corners.along_axes + corners.diagonal / std::numbers::sqrt2);
  const double inside = shape.euler > 0 ? area : cells - area;
  if (shape.perimeter > 0) {
    shape.roundness = 4 * std::numbers::pi * inside * std::abs(shape.euler) / (shape.perimeter * shape.perimeter);
  }
  return shape;
}

}  // namespace basalt::patterns
