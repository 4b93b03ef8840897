// Colour maps: from a number in 0…1 to a colour, such that equal steps of the number look like equal steps.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/patterns/output/oklab.h"

namespace basalt::patterns {

enum class ColorMapKind : std::uint8_t {
  sequential,  ///< From dark to light, lightness proportional to the number.
  diverging,   ///< Light in the middle, and two hues that darken evenly toward the ends.
  cyclic,      ///< Of one lightness, once around the circle of hues: for phases.
};

/// Hue and chroma at a place of a map; between two, both change evenly.
struct ColorAnchor {
  double at = 0;
  double chroma = 0;
  double hue = 0;  ///< Degrees; may run beyond 360.
};

/// All colours lie in sRGB: lightness is given by the ends, and the anchors ask for no chroma that there is not.
struct ColorMap {
  std::string_view name;
  ColorMapKind kind;
  double ends;    ///< Lightness at 0; of a cyclic map, everywhere.
  double middle;  ///< Lightness where it is most: at 1, or of a diverging map at 0.5.
  std::vector<ColorAnchor> anchors;
};

/// "lava", "moss" and "ice" (sequential), "rift" (diverging), "tide" (cyclic).
const std::vector<ColorMap>& color_maps();

/// Throws Error(bad_usage) with the nearest name.
const ColorMap& find_color_map(const std::string& name);

/// The colour at t in 0…1.
Oklab color_at(const ColorMap& map, double t);

/// What a picture needs of a map: number i stands for t = i/255, of a cyclic map for i/256.
using ColorTable = std::array<Rgb8, 256>;
ColorTable make_color_table(const ColorMap& map);

}  // namespace basalt::patterns
