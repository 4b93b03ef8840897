// Program: a workload's operations as kernel ids and operands, in order. Knows no hardware.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace basalt {

/// What an operation does along each axis of its field; one bit per axis.
struct Access {
  std::uint64_t mixes = 0;  ///< Elements that differ along these axes are combined.
  std::uint64_t reads = 0;  ///< The position along these axes only selects a constant or whether to act.
  std::uint64_t fixed = 0;  ///< Subset of `reads`: only one position along these axes is visited at all.
};

struct Step {
  std::string_view kernel;  ///< Id in the kernel registry; a string that outlives the program.
  Access access;
  double share = 1;              ///< Of what `access` selects, the share that is visited (a SWAP: one half).
  double flops_per_element = 0;  ///< Per visited element.
  std::shared_ptr<const void> operands;
};

struct Program {
  std::vector<Step> steps;
  /// Of a program that is kept and run again, with its plan: nothing that is made of them once needs to be made anew.
  /// No other has the same. Null: it is run once.
  std::shared_ptr<const void> identity{};
};

/// The share of a field that a step reads and writes, when memory moves in lines of 2^`line_axes` elements.
inline double visited_share(const Step& step, int line_axes) noexcept {
  const std::uint64_t within_line = (std::uint64_t{1} << line_axes) - 1;
  const int skipped_axes = std::popcount(step.access.fixed & ~within_line);
  const bool share_survives = (step.access.mixes & ~within_line) == step.access.mixes;
  return (share_survives ? step.share : 1.0) / static_cast<double>(std::uint64_t{1} << skipped_axes);
}

}  // namespace basalt
