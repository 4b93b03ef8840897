// The equations of the models, for numbers.
#pragma once

#include <cstddef>

namespace basalt::patterns {

#include "workloads/patterns/equations.inc"

inline constexpr std::size_t kMostSpecies = 2;
/// Of species and auxiliary field.
inline constexpr std::size_t kMostLaplacians = 2;
inline constexpr std::size_t kMostParameters = 6;

}  // namespace basalt::patterns
