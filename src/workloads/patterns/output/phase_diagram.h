// Pictures of sweeps: a block of one colour for each point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "basalt/pattern.h"
#include "workloads/patterns/output/oklab.h"
#include "workloads/patterns/output/render.h"

namespace basalt::patterns {

/// A colour for each class, distinct for most people who do not see all colours; darker where the pattern changes.
Rgb8 class_color(PatternClass kind, bool changing);

/// From the least to the most of the numbers that there are, by the usual map; grey where there is none.
std::vector<Rgb8> number_colors(const std::vector<std::optional<double>>& numbers);

/// Of points that there are no results of.
inline constexpr Rgb8 kNoResult = {200, 200, 200};

/// Blocks in rows of `columns`, the first row at the bottom: the first parameter goes to the right, the second upward.
/// About 640 pixels wide and at least 4 a block.
Image draw_blocks(const std::vector<Rgb8>& colors, std::uint64_t columns);

}  // namespace basalt::patterns
