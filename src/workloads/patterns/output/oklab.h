// Björn Ottosson's Oklab (2020), a space of colours in which equal steps of L look like equal steps of lightness, and
// sRGB.
#pragma once

#include <array>
#include <cstdint>

namespace basalt::patterns {

/// L from 0 (black) to 1 (white); a to red, b to yellow.
struct Oklab {
  double lightness = 0;
  double a = 0;
  double b = 0;
};

/// In polar form; hue in degrees from a.
struct Oklch {
  double lightness = 0;
  double chroma = 0;
  double hue = 0;
};

using LinearRgb = std::array<double, 3>;  ///< Of sRGB's primaries, proportional to light; displays show 0 to 1.
using Rgb8 = std::array<std::uint8_t, 3>;

Oklab to_oklab(const Oklch& color);
LinearRgb to_linear(const Oklab& color);

/// sRGB's transfer function: of light in 0…1, the value in 0…1 that a file holds.
double encode_srgb(double light);
/// Its inverse.
double decode_srgb(double value);

/// The nearest colour of a file; what lies outside sRGB is cut off at its faces.
Rgb8 to_rgb8(const LinearRgb& light);

}  // namespace basalt::patterns
