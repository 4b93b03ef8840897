// How a block of numbers is folded into the few sums that are wanted of it: axis by axis from the top, only the halves
// that some sum needs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/quantum/kernels/readout.h"

namespace basalt::quantum {

/// Axes within a leaf of a fold, which it leaves as they are: kFoldParts numbers.
inline constexpr int kLeafAxes = 3;

struct FoldPlan {
  std::vector<FoldStep> steps;
  std::vector<std::uint32_t> leaves;  ///< Where the sums are after the steps; kFoldParts numbers each.
};

/// For the sums Σ (−1)^popcount(i & z) · value_i over a block of 2^axes numbers, one leaf for each z of `signs`
/// (ascending, distinct, without axes of a leaf). Numbers whose index has the bit `skip`, 0 for none, do not count.
FoldPlan plan_signed_sums(std::span<const std::uint64_t> signs, int axes, std::uint64_t skip);

/// For the sums over all axes but `kept` and those of a leaf; leaves by the value of the kept axes, ascending.
FoldPlan plan_sums(std::uint64_t kept, int axes);

}  // namespace basalt::quantum
