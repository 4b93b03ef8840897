// The entry points behind the kernel ids: each picks the best instruction set at run time. Called by kernels.cpp.
#pragma once

#include "runtime/backend/kernel.h"
#include "workloads/quantum/kernels/operands.h"

namespace basalt::quantum {

/// Dense on 1 or 2 targets: coefficients in registers.
void dense_small(ElementType type, void* data, int axes, const DenseOperands& operands, Slice slice);
/// Dense on 3 to 6 targets: coefficients in cache, blocks of outputs in registers.
void dense_large(ElementType type, void* data, int axes, const DenseOperands& operands, Slice slice);
void exchange(ElementType type, void* data, int axes, const ExchangeOperands& operands, Slice slice);
void collapse(ElementType type, void* data, int axes, const CollapseOperands& operands, Slice slice);

}  // namespace basalt::quantum
