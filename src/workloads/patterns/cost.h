// What a step of time costs, by count.
#pragma once

#include <cstdint>

#include "workloads/patterns/model.h"

namespace basalt::patterns {

/// Visits of the whole grid by a step that is made alone.
std::uint64_t visits_per_step(const Model& model, Integrator integrator);

/// Bytes that it reads plus writes, the cells of a field taking `field_bytes`.
double bytes_per_step(const Model& model, Integrator integrator, double field_bytes);

}  // namespace basalt::patterns
