// The equations of the models, for numbers.
#pragma once

#include <cstddef>

namespace basalt::patterns {

#include "workloads/patterns/equations.inc"

}  // namespace basalt::patterns
