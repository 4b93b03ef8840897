#include "plan/order_stage.h"

#include <algorithm>
#include <array>
#include <bit>

namespace basalt {
namespace {

constexpr int kMostAxes = 64;

template <typename Visit>
void for_each_axis(std::uint64_t axes, const Visit& visit) {
  for (; axes != 0; axes &= axes - 1) {
    visit(static_cast<std::size_t>(std::countr_zero(axes)));
  }
}

/// Says in which round each operation is done at the earliest. A round is operations that mix, then phases. The last
/// round is as long as the longest chain of phases that each need an operation between, which no order can shorten.
class Rounds {
 public:
  /// Even: the operations that mix of round place/2. Odd: its phases.
  std::uint32_t place(const Access& access) {
    const std::uint64_t reads = access.reads & ~access.mixes;
    std::uint32_t round = 0;
    for_each_axis(reads, [&](std::size_t axis) { round = std::max(round, readable_from_[axis]); });
    if (access.mixes == 0) {
      for_each_axis(reads, [&](std::size_t axis) { mixable_from_[axis] = std::max(mixable_from_[axis], round + 1); });
      return 2 * round + 1;
    }
    for_each_axis(access.mixes, [&](std::size_t axis) { round = std::max(round, mixable_from_[axis]); });
    for_each_axis(access.mixes, [&](std::size_t axis) { mixable_from_[axis] = readable_from_[axis] = round; });
    for_each_axis(reads, [&](std::size_t axis) { mixable_from_[axis] = std::max(mixable_from_[axis], round); });
    return 2 * round;
  }

 private:
  std::array<std::uint32_t, kMostAxes> mixable_from_{};
  std::array<std::uint32_t, kMostAxes> readable_from_{};
};

}  // namespace

void order_stage(std::span<const Access> operations, std::vector<std::uint32_t>& steps) {
  Rounds rounds;
  std::vector<std::uint32_t> places(steps.size());
  std::ranges::transform(steps, places.begin(), [&](std::uint32_t step) { return rounds.place(operations[step]); });
  if (std::ranges::is_sorted(places)) {
    return;
  }
  // Counting sort: where operations of one place stay in the order in which they came.
  std::vector<std::uint32_t> begin(*std::ranges::max_element(places) + 2);
  for (const std::uint32_t place : places) {
    ++begin[place + 1];
  }
  for (std::size_t i = 1; i < begin.size(); ++i) {
    begin[i] += begin[i - 1];
  }
  std::vector<std::uint32_t> ordered(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    ordered[begin[places[i]]++] = steps[i];
  }
  steps = std::move(ordered);
}

}  // namespace basalt
