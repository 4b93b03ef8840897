#include "workloads/quantum/results/fold_plan.h"

#include <algorithm>
#include <cassert>

namespace basalt::quantum {
namespace {

void fold_signed(FoldPlan& plan, std::span<const std::uint64_t> signs, int axes, std::uint64_t skip,
                 std::uint32_t offset) {
  if (axes == kLeafAxes) {
    assert(signs.size() == 1);
    plan.leaves.push_back(offset);
    return;
  }
  const int axis = axes - 1;
  const auto half = std::uint32_t{1} << axis;
  if (skip == half) {
    fold_signed(plan, signs, axis, skip, offset);
    return;
  }
  // ascending, and equal above this axis: those without its sign come first
  const auto middle = std::ranges::partition_point(signs, [&](std::uint64_t z) { return (z & half) == 0; });
  const auto plain = static_cast<std::size_t>(middle - signs.begin());
  plan.steps.push_back({.offset = offset, .half = half, .sum = plain > 0, .difference = plain < signs.size()});
  if (plain > 0) {
    fold_signed(plan, signs.first(plain), axis, skip, offset);
  }
  if (plain < signs.size()) {
    fold_signed(plan, signs.subspan(plain), axis, skip, offset + half);
  }
}

void fold_unsigned(FoldPlan& plan, std::uint64_t kept, int axes, std::uint32_t offset) {
  if (axes == kLeafAxes) {
    plan.leaves.push_back(offset);
    return;
  }
  const int axis = axes - 1;
  const auto half = std::uint32_t{1} << axis;
  if ((kept & half) == 0) {
    plan.steps.push_back({.offset = offset, .half = half, .sum = true, .difference = false});
  }
  fold_unsigned(plan, kept, axis, offset);
  if ((kept & half) != 0) {
    fold_unsigned(plan, kept, axis, offset + half);
  }
}

}  // namespace

FoldPlan plan_signed_sums(std::span<const std::uint64_t> signs, int axes, std::uint64_t skip) {
  FoldPlan plan;
  fold_signed(plan, signs, axes, skip, 0);
  return plan;
}

FoldPlan plan_sums(std::uint64_t kept, int axes) {
  FoldPlan plan;
  fold_unsigned(plan, kept, axes, 0);
  return plan;
}

}  // namespace basalt::quantum
