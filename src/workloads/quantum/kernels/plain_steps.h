// Steps by plain loops in double precision: slow, obvious, and sharing no code with the kernels that they are compared
// with.
#pragma once

#include <complex>
#include <cstdint>
#include <span>

#include "plan/program.h"

namespace basalt::quantum {

/// Applies a step of "quantum/dense", "quantum/phase" or "quantum/exchange" to the elements whose index differs from
/// `base` along `axes` only, in order of their index. The step mixes none but those.
void apply_plainly(const Step& step, std::uint64_t base, std::uint64_t axes, std::span<std::complex<double>> elements);

}  // namespace basalt::quantum
