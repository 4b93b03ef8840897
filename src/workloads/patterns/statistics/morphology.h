// The shape of what stands out in a state of two axes: spots, holes or stripes.
#pragma once

#include <cstddef>

#include "basalt/pattern.h"
#include "workloads/patterns/output/frame.h"

namespace basalt::patterns {

/// Of the cells whose value is above a level: the three Minkowski functionals of the plane, after K. R. Mecke, Phys.
/// Rev. E 53 (1996) 4794, who tells spots, holes and stripes of Turing patterns apart by them.
struct Morphology {
  double area_fraction = 0;
  double perimeter = 0;  ///< In spacings; by Cauchy-Crofton: crossings of lines in four directions.
  double euler = 0;      ///< Regions less holes; corners that touch count as half joined.
  /// 4π area |euler| / perimeter², of the regions, or where there are more holes, of those: 1 of discs, 1/2 of strips
  /// that are four times as long as wide, 0 of what is joined.
  double roundness = 0;
};

/// The area fraction alone where the grid has not two axes. Beyond sides that are not periodic, nothing is above the
/// level.
Morphology morphology_of(const FrameView& frame, std::size_t species, double level, const PatternRequest& request);

}  // namespace basalt::patterns
