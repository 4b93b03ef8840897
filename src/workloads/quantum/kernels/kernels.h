// The quantum kernels of the CPU, dispatched at run time to the best instruction set.
#pragma once

#include <complex>
#include <cstdint>

#include "runtime/backend/kernel.h"
#include "workloads/quantum/kernels/operands.h"

namespace basalt::quantum {

/// Adds quantum/dense, quantum/diagonal, quantum/exchange and quantum/collapse for c64 and c128.
void register_cpu_kernels(KernelRegistry& registry);

/// Reductions. Each is over one block of a field: `count` elements from `first`, both multiples of 16 (or the whole
/// padded field). Sums are in f64 and in an order that does not depend on the instruction set or on threads.

/// Σ |a_i|².
double block_norm(const void* data, ElementType type, std::uint64_t first, std::uint64_t count);

/// Σ conj(a_i) · (−1)^popcount(i & z_mask) · a_(i ^ x_mask) over the block: one Pauli string without its i^(#Y).
std::complex<double> block_pauli(const void* data, ElementType type, std::uint64_t first, std::uint64_t count,
                                 std::uint64_t x_mask, std::uint64_t z_mask);

}  // namespace basalt::quantum
