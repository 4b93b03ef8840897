// Points over two parameters at which two instabilities of a homogeneous state begin at once.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/pattern_analysis.h"
#include "workloads/patterns/analysis/steady.h"
#include "workloads/patterns/analysis/waves.h"

namespace basalt::patterns {

/// Where the lines of Turing and of Hopf instabilities of a state meet within both ranges: trace J = 0 < det J, and two
/// roots of det M(q) that have just met at a q > 0 (A. De Wit, D. Lima, G. Dewel and P. Borckmans, Phys. Rev. E 54
/// (1996) 261). From critical points along lines of both ranges, by Newton's method with differences; ascending.
/// Meetings that no such point leads to may be missed.
std::vector<TuringHopfPoint> turing_hopf_points(const Model& model, const std::array<PatternRange, 2>& ranges,
                                                const std::optional<double>& chosen, const Symbol& symbol,
                                                const CancelToken& cancel);

}  // namespace basalt::patterns
