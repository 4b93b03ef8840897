// Pictures of frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workloads/patterns/output/frame.h"
#include "workloads/patterns/output/oklab.h"

namespace basalt::patterns {

/// Eight bits a channel, rows from the top, three bytes a pixel.
struct Image {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::vector<std::uint8_t> rgb{};
};

/// What a pixel shows.
enum class Shown : std::uint8_t {
  value,    ///< Of one species.
  modulus,  ///< Of the complex number whose parts are the first two species.
  phase,    ///< Of the same: −π … π, once around a cyclic map.
};

struct PictureOptions {
  Shown shown = Shown::value;
  std::size_t species = 0;                           ///< Where one is shown.
  std::string map{};                                 ///< Empty: lava; for phases, tide.
  std::optional<std::pair<double, double>> range{};  ///< Shown by the map's ends; none: what the picture holds.
};

/// A number that is not finite: in no map.
inline constexpr Rgb8 kNotFinite = {255, 0, 255};

/// Rows of a picture of a frame with one axis, all alike.
inline constexpr std::uint64_t kStripHeight = 32;

/// One pixel a cell, the row y = 0 on top; of three axes, the plane in the middle of z; of one, a strip. Where no range
/// is given, a diverging map is centred on 0, and a picture without contrast has the map's middle colour. Throws
/// Error(bad_usage) for a map or species that there is not, a modulus or phase of one species, and a range that is not
/// finite or empty.
Image render_frame(const FrameView& frame, const PictureOptions& options);

}  // namespace basalt::patterns
