// Which cells a discrete Laplacian looks at.
#pragma once

#include <cstdint>

#include "basalt/pattern.h"
#include "workloads/patterns/grid.h"

namespace basalt::patterns {

enum class Neighbours : std::uint8_t { line, plane, plane_with_corners, volume };

Neighbours neighbours_of(const Grid& grid, Stencil stencil);

}  // namespace basalt::patterns
