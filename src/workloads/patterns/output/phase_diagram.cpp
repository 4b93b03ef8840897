#include "workloads/patterns/output/phase_diagram.h"

#include <algorithm>
#include <cmath>

#include "workloads/patterns/output/color_map.h"

namespace basalt::patterns {
namespace {

constexpr std::uint64_t kWidth = 640;
constexpr std::uint64_t kLeastBlock = 4;
constexpr std::uint64_t kMostBlock = 64;

/// Lightness, chroma and hue of a class at rest.
Oklch class_look(PatternClass kind) {
  switch (kind) {
    case PatternClass::uniform:
      return {.lightness = 0.95, .chroma = 0.01, .hue = 90};
    case PatternClass::oscillating:
      return {.lightness = 0.80, .chroma = 0.08, .hue = 320};
    case PatternClass::spots:
      return {.lightness = 0.75, .chroma = 0.14, .hue = 65};
    case PatternClass::holes:
      return {.lightness = 0.70, .chroma = 0.10, .hue = 235};
    case PatternClass::stripes:
      return {.lightness = 0.72, .chroma = 0.11, .hue = 160};
    case PatternClass::pattern:
      break;
  }
  return {.lightness = 0.65, .chroma = 0.10, .hue = 30};
}

}  // namespace

Rgb8 class_color(PatternClass kind, bool changing) {
  Oklch look = class_look(kind);
  const bool of_itself = kind == PatternClass::uniform || kind == PatternClass::oscillating;
  look.lightness -= changing && !of_itself ? 0.2 : 0;
  return to_rgb8(to_linear(to_oklab(look)));
}

std::vector<Rgb8> number_colors(const std::vector<std::optional<double>>& numbers) {
  double least = HUGE_VAL;
  double most = -HUGE_VAL;
  for (const std::optional<double>& number : numbers) {
    if (number && std::isfinite(*number)) {
      least = std::min(least, *number);
      most = std::max(most, *number);
    }
  }
  const ColorTable table = make_color_table(find_color_map("lava"));
  std::vector<Rgb8> colors;
  colors.reserve(numbers.size());
  for (const std::optional<double>& number : numbers) {
    if (!number || !std::isfinite(*number)) {
      colors.push_back(kNoResult);
      continue;
    }
    // Halved, for a difference of two finite numbers may not be finite.
    const double width = most / 2 - least / 2;
    const double t = width > 0 ? (*number / 2 - least / 2) / width : 0.5;
    colors.push_back(table[static_cast<std::size_t>(std::lround(t * 255))]);
  }
  return colors;
}

Image draw_blocks(const std::vector<Rgb8>& colors, std::uint64_t columns) {
  const std::uint64_t rows = colors.size() / columns;
  const std::uint64_t block = std::clamp(kWidth / columns, kLeastBlock, kMostBlock);
  Image image{.width = columns * block, .height = rows * block, .rgb = {}};
  image.rgb.reserve(3 * image.width * image.height);
  for (std::uint64_t y = 0; y < image.height; ++y) {
    const std::uint64_t row = rows - 1 - y / block;
    for (std::uint64_t x = 0; x < image.width; ++x) {
      const Rgb8& color = colors[row * columns + x / block];
      image.rgb.insert(image.rgb.end(), color.begin(), color.end());
    }
  }
  return image;
}

}  // namespace basalt::patterns
