// The quantum kernels of the CPU, dispatched at run time to the best instruction set.
#pragma once

#include "runtime/backend/kernel.h"
#include "workloads/quantum/kernels/operands.h"

namespace basalt::quantum {

/// Adds quantum/dense, quantum/exchange and quantum/collapse for c64 and c128.
void register_cpu_kernels(KernelRegistry& registry);

}  // namespace basalt::quantum
