#include "workloads/quantum/results/pauli_plan.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <tuple>

namespace basalt::quantum {
namespace {

/// Of the blocks that are read together: half of the second-level cache of a present-day core, leaving room for sums.
constexpr std::uint64_t kSetBytes = std::uint64_t{512} << 10;

constexpr std::uint64_t kLeafMask = kFoldParts - 1;

StringGroup make_group(std::span<const PauliString> strings, std::span<const std::size_t> members, int block_axes) {
  const std::uint64_t inside = (std::uint64_t{1} << block_axes) - 1;
  StringGroup group;
  const PauliString& first = strings[members.front()];
  group.pairs.x_mask = first.x_mask;
  group.pairs.imaginary = is_imaginary(first);
  group.partner = first.x_mask >> block_axes;
  if (group.partner == 0 && first.x_mask > kLeafMask) {
    group.pairs.skip = std::bit_floor(first.x_mask);
  }
  const auto leaf_key = [&](const PauliString& string) { return string.z_mask & ~kLeafMask & ~group.pairs.skip; };

  std::vector<std::uint64_t> keys;
  keys.reserve(members.size());
  for (const std::size_t string : members) {
    keys.push_back(leaf_key(strings[string]));
  }
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());

  std::vector<std::uint64_t> signs;
  signs.reserve(keys.size());
  for (const std::uint64_t key : keys) {
    signs.push_back(key & inside);
  }
  std::ranges::sort(signs);
  signs.erase(std::unique(signs.begin(), signs.end()), signs.end());
  FoldPlan fold = plan_signed_sums(signs, block_axes, group.pairs.skip);
  group.steps = std::move(fold.steps);
  group.leaves.reserve(keys.size());
  for (const std::uint64_t key : keys) {
    const auto place = static_cast<std::size_t>(std::ranges::lower_bound(signs, key & inside) - signs.begin());
    group.leaves.push_back({.offset = fold.leaves[place], .signed_by = key >> block_axes});
  }

  const bool halved = group.partner != 0 || group.pairs.skip != 0;
  group.readings.reserve(members.size());
  for (const std::size_t string : members) {
    const auto leaf = std::ranges::lower_bound(keys, leaf_key(strings[string])) - keys.begin();
    group.readings.push_back({.string = string,
                              .leaf = static_cast<std::size_t>(leaf),
                              .signed_parts = strings[string].z_mask & kLeafMask,
                              .factor = factor_of(strings[string], halved)});
  }
  return group;
}

std::vector<StringGroup> make_groups(std::span<const PauliString> strings, int block_axes) {
  std::vector<std::size_t> order(strings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto products = [&](std::size_t i) { return std::tuple(strings[i].x_mask, is_imaginary(strings[i])); };
  std::ranges::stable_sort(order, {}, products);
  std::vector<StringGroup> groups;
  for (auto first = order.begin(); first != order.end();) {
    const auto last = std::find_if(first, order.end(), [&](std::size_t i) { return products(i) != products(*first); });
    groups.push_back(make_group(strings, {first, last}, block_axes));
    first = last;
  }
  return groups;
}

/// Linear combinations of numbers bit by bit, as numbers with different highest bits.
class Span {
 public:
  /// 0 where `vector` is in the span.
  [[nodiscard]] std::uint64_t rest_of(std::uint64_t vector) const {
    for (const std::uint64_t basis : basis_) {
      vector = std::min(vector, vector ^ basis);
    }
    return vector;
  }
  /// `rest` as rest_of() gave it, not 0.
  void add(std::uint64_t rest) {
    basis_.push_back(rest);
    std::ranges::sort(basis_, std::greater());
  }
  [[nodiscard]] std::size_t rank() const { return basis_.size(); }
  [[nodiscard]] std::uint64_t leading() const {
    std::uint64_t bits = 0;
    for (const std::uint64_t basis : basis_) {
      bits |= std::bit_floor(basis);
    }
    return bits;
  }
  [[nodiscard]] std::vector<std::uint64_t> all() const {
    std::vector<std::uint64_t> result{0};
    for (const std::uint64_t basis : basis_) {
      for (std::size_t i = 0, size = result.size(); i < size; ++i) {
        result.push_back(result[i] ^ basis);
      }
    }
    std::ranges::sort(result);
    return result;
  }

 private:
  std::vector<std::uint64_t> basis_;  ///< Descending.
};

}  // namespace

bool StringGroup::reads(std::uint64_t block) const noexcept {
  return partner == 0 || (block & std::bit_floor(partner)) == 0;
}

std::vector<PauliSweep> plan_pauli_sweeps(std::span<const PauliString> strings, int block_axes, ElementType type) {
  const std::uint64_t set_blocks = kSetBytes / (element_bytes(type) << block_axes);
  const auto most_rank = static_cast<std::size_t>(std::countr_zero(std::bit_floor(set_blocks)));
  std::vector<StringGroup> waiting = make_groups(strings, block_axes);
  std::vector<PauliSweep> sweeps;
  while (!waiting.empty()) {
    PauliSweep sweep;
    Span span;
    std::vector<StringGroup> later;
    for (StringGroup& group : waiting) {
      const std::uint64_t rest = span.rest_of(group.partner);
      if (rest != 0 && span.rank() == most_rank) {
        later.push_back(std::move(group));
        continue;
      }
      if (rest != 0) {
        span.add(rest);
      }
      sweep.leaf_count += group.leaves.size();
      sweep.groups.push_back(std::move(group));
    }
    sweep.leading = span.leading();
    sweep.members = span.all();
    sweeps.push_back(std::move(sweep));
    waiting = std::move(later);
  }
  return sweeps;
}

}  // namespace basalt::quantum
