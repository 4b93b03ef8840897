#include "workloads/patterns/output/oklab.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace basalt::patterns {

Oklab to_oklab(const Oklch& color) {
  const double angle = color.hue * std::numbers::pi / 180;
  return {color.lightness, color.chroma * std::cos(angle), color.chroma * std::sin(angle)};
}

LinearRgb to_linear(const Oklab& color) {
  const auto [lightness, a, b] = color;
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

double encode_srgb(double light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

double decode_srgb(double value) {
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

Rgb8 to_rgb8(const LinearRgb& light) {
  Rgb8 color{};
  for (std::size_t i = 0; i < color.size(); ++i) {
    color[i] = static_cast<std::uint8_t>(std::lround(255 * encode_srgb(std::clamp(light[i], 0.0, 1.0))));
  }
  return color;
}

}  // namespace basalt::patterns
