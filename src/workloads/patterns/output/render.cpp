#include "workloads/patterns/output/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "basalt/error.h"
#include "workloads/patterns/output/color_map.h"

namespace basalt::patterns {
namespace {

using Range = std::pair<double, double>;

void check(const FrameView& frame, const PictureOptions& options) {
  const std::size_t needed = options.shown == Shown::value ? options.species + 1 : 2;
  if (frame.species.size() < needed) {
    throw Error(ErrorCode::bad_usage,
                options.shown == Shown::value
                    ? fmt::format("there is no species {} among {}", options.species, frame.species.size())
                    : "a model of one species has neither modulus nor phase",
                "show the value of a species that the model has");
  }
  if (options.range) {
    const auto [first, last] = *options.range;
    if (!std::isfinite(first) || !std::isfinite(last) || first >= last) {
      throw Error(ErrorCode::bad_usage, fmt::format("{} to {} is no range of colours", first, last),
                  "give two finite numbers, the smaller one first");
    }
  }
}

/// Reads what is shown of one row.
class ShownRow {
 public:
  ShownRow(const FrameView& frame, const PictureOptions& options) : frame_(frame), options_(options) {}

  const std::vector<double>& read(std::uint64_t y, std::uint64_t z) {
    if (options_.shown == Shown::value) {
      read_row(frame_, options_.species, y, z, row_);
      return row_;
    }
    read_row(frame_, 0, y, z, row_);
    read_row(frame_, 1, y, z, imaginary_);
    for (std::size_t x = 0; x < row_.size(); ++x) {
      row_[x] =
          options_.shown == Shown::modulus ? std::hypot(row_[x], imaginary_[x]) : std::atan2(imaginary_[x], row_[x]);
    }
    return row_;
  }

 private:
  const FrameView& frame_;
  const PictureOptions& options_;
  std::vector<double> row_;
  std::vector<double> imaginary_;
};

Range range_of_rows(ShownRow& rows, const Grid& grid, std::uint64_t z) {
  double least = HUGE_VAL;
  double most = -HUGE_VAL;
  for (std::uint64_t y = 0; y < grid.size[1]; ++y) {
    for (const double value : rows.read(y, z)) {
      if (std::isfinite(value)) {
        least = std::min(least, value);
        most = std::max(most, value);
      }
    }
  }
  return least <= most ? Range(least, most) : Range(0, 0);
}

Range choose_range(ShownRow& rows, const FrameView& frame, const PictureOptions& options, ColorMapKind kind) {
  if (options.range) {
    return *options.range;
  }
  if (options.shown == Shown::phase) {
    return {-std::numbers::pi, std::numbers::pi};
  }
  const auto [least, most] = range_of_rows(rows, frame.grid, frame.grid.size[2] / 2);
  const double farthest = std::max(std::abs(least), std::abs(most));
  return kind == ColorMapKind::diverging ? Range(-farthest, farthest) : Range(least, most);
}

/// Numbers of a range as colours of a table.
class Painter {
 public:
  Painter(const ColorMap& map, const Range& range)
      : table_(make_color_table(map)),
        first_(range.first),
        last_(range.second),
        cyclic_(map.kind == ColorMapKind::cyclic) {}

  [[nodiscard]] Rgb8 operator()(double value) const {
    if (!std::isfinite(value)) {
      return kNotFinite;
    }
    // Halved, for a difference of two finite numbers may not be finite.
    const double width = last_ / 2 - first_ / 2;
    const double t = width > 0 ? (value / 2 - first_ / 2) / width : 0.5;
    if (cyclic_) {
      return table_[static_cast<std::size_t>(std::lround((t - std::floor(t)) * 256)) % 256];
    }
    return table_[static_cast<std::size_t>(std::lround(std::clamp(t, 0.0, 1.0) * 255))];
  }

 private:
  ColorTable table_;
  double first_;
  double last_;
  bool cyclic_;
};

}  // namespace

Image render_frame(const FrameView& frame, const PictureOptions& options) {
  check(frame, options);
  const std::string usual = options.shown == Shown::phase ? "tide" : "lava";
  const ColorMap& map = find_color_map(options.map.empty() ? usual : options.map);
  ShownRow rows(frame, options);
  const Painter paint(map, choose_range(rows, frame, options, map.kind));

  const Grid& grid = frame.grid;
  Image image{.width = grid.size[0], .height = grid.axes == 1 ? kStripHeight : grid.size[1], .rgb = {}};
  image.rgb.reserve(3 * image.width * image.height);
  for (std::uint64_t y = 0; y < grid.size[1]; ++y) {
    for (const double value : rows.read(y, grid.size[2] / 2)) {
      const Rgb8 color = paint(value);
      image.rgb.insert(image.rgb.end(), color.begin(), color.end());
    }
  }
  while (image.rgb.size() < 3 * image.width * image.height) {
    image.rgb.insert(image.rgb.end(), image.rgb.begin(),
                     image.rgb.begin() + static_cast<std::ptrdiff_t>(3 * image.width));
  }
  return image;
}

}  // namespace basalt::patterns
