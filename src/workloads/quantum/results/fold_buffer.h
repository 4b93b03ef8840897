// Room for the numbers of a block, aligned as the kernels need it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "workloads/quantum/kernels/readout.h"

namespace basalt::quantum {

struct alignas(64) FoldParts {
  std::array<double, kFoldParts> parts;
};

using FoldBuffer = std::vector<FoldParts>;

inline FoldBuffer fold_buffer(std::uint64_t numbers) {
  return FoldBuffer(numbers / kFoldParts, FoldParts{});
}

inline double* numbers(FoldBuffer& buffer) {
  return buffer.front().parts.data();
}

}  // namespace basalt::quantum
