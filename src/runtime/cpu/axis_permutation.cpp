#include "runtime/cpu/axis_permutation.h"

#include <bit>
#include <cstddef>

namespace basalt {
namespace {

constexpr std::size_t kMaxAxes = 63;

}  // namespace

bool is_permutation(std::span<const std::uint8_t> to) noexcept {
  if (to.size() > kMaxAxes) {
    return false;
  }
  std::uint64_t seen = 0;
  for (const std::uint8_t axis : to) {
    if (axis >= to.size()) {
      return false;
    }
    seen |= std::uint64_t{1} << axis;
  }
  return seen == (std::uint64_t{1} << to.size()) - 1;
}

bool is_identity(std::span<const std::uint8_t> to) noexcept {
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    if (to[axis] != axis) {
      return false;
    }
  }
  return true;
}

bool is_involution(std::span<const std::uint8_t> to) noexcept {
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    if (to[to[axis]] != axis) {
      return false;
    }
  }
  return true;
}

AxisPermutation inverse_of(std::span<const std::uint8_t> to) {
  AxisPermutation from(to.size());
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    from[to[axis]] = static_cast<std::uint8_t>(axis);
  }
  return from;
}

std::uint64_t permute_index(std::span<const std::uint8_t> to, std::uint64_t index) noexcept {
  std::uint64_t result = 0;
  for (std::uint64_t rest = index; rest != 0; rest &= rest - 1) {
    result |= std::uint64_t{1} << to[static_cast<std::size_t>(std::countr_zero(rest))];
  }
  return result;
}

// A cycle c_0 → c_1 → … of length m is a rotation, and a rotation is two reflections: c_i ↔ c_(−i), then c_i ↔ c_(1−i),
// indices modulo m.
std::pair<AxisPermutation, AxisPermutation> split_into_involutions(std::span<const std::uint8_t> to) {
  AxisPermutation first(to.size());
  AxisPermutation second(to.size());
  std::uint64_t done = 0;
  for (std::size_t start = 0; start < to.size(); ++start) {
    if ((done >> start & 1) != 0) {
      continue;
    }
    std::vector<std::uint8_t> cycle;
    for (auto axis = static_cast<std::uint8_t>(start); (done >> axis & 1) == 0; axis = to[axis]) {
      done |= std::uint64_t{1} << axis;
      cycle.push_back(axis);
    }
    const std::size_t length = cycle.size();
    for (std::size_t i = 0; i < length; ++i) {
      first[cycle[i]] = cycle[(length - i) % length];
      second[cycle[i]] = cycle[(length + 1 - i) % length];
    }
  }
  return {first, second};
}

std::uint64_t closure(std::span<const std::uint8_t> to, std::uint64_t axes) noexcept {
  while (true) {
    const std::uint64_t larger = axes | permute_index(to, axes);
    if (larger == axes) {
      return axes;
    }
    axes = larger;
  }
}

BitSpread::BitSpread(std::span<const std::uint8_t> positions)
    : tables_((positions.size() + kTableBits - 1) / kTableBits * kTableSize) {
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const std::size_t table = i / kTableBits * kTableSize;
    const std::size_t bit = std::size_t{1} << i % kTableBits;
    for (std::size_t entry = 0; entry < kTableSize; ++entry) {
      if ((entry & bit) != 0) {
        tables_[table + entry] |= std::uint64_t{1} << positions[i];
      }
    }
  }
}

}  // namespace basalt
