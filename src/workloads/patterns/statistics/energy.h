// Functionals that the equations of a model lower, or keep: sums over the cells of a grid.
#pragma once

#include <optional>

#include "basalt/pattern.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/output/frame.h"

namespace basalt::patterns {

/// With L the discrete Laplacian of the stencil and ∫ the sum over cells times their volume, which is what the
/// equations on the grid, not only those in space, lower or keep:
///
///   swift-hohenberg        ∫ ½ (u + L u)² − r/2 u² − g/3 u³ + ¼ u⁴      falls
///   cahn-hilliard          ∫ ¼ (1 − u²)² − κ/2 u L u                    falls
///   ginzburg-landau, b = c ∫ ½ |A|⁴ − |A|² − Re A* L A                  falls
///   nonlinear-schrodinger  ∫ g/2 |ψ|⁴ − ½ Re ψ* L ψ                     stays
///
/// (Cross and Hohenberg, Rev. Mod. Phys. 65 (1993) 851; Cahn and Hilliard (1958); Sulem and Sulem (1999)). None for the
/// other models, and where a side is neither periodic nor without flux: there more goes in and out.
std::optional<double> energy_of(const FrameView& frame, const Model& model, const PatternRequest& request);

}  // namespace basalt::patterns
