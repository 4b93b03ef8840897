// Index sets: which items of a register (qubits, bits, or bits of a number) an index, a range or a set names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "workloads/quantum/input/value.h"

namespace basalt::quantum {

/// A range start:step:stop, both ends included; an absent end is the first or the last item.
struct Range {
  std::optional<std::int64_t> start;
  std::int64_t step = 1;
  std::optional<std::int64_t> stop;
};

/// Position of `index` among `count` items; negative ones count from the end. Throws Fault naming both.
std::size_t checked_index(std::int64_t index, std::size_t count);

/// First position, step and count of a range among `count` items. Throws Fault: out of range, step 0, nothing chosen.
struct Steps {
  std::int64_t first = 0;
  std::int64_t step = 1;
  std::size_t count = 0;
};
Steps checked_range(const Range& range, std::size_t count);

/// How many values a loop over start:step:stop has.
std::uint64_t range_count(std::int64_t start, std::int64_t step, std::int64_t stop);

std::vector<std::uint32_t> choose(std::span<const std::uint32_t> items, const Range& range);
std::vector<std::uint32_t> choose(std::span<const std::uint32_t> items, std::span<const std::int64_t> indices);

/// Throws Fault when an item is in the list twice. `what` names an item: "qubit".
void check_distinct(std::span<const std::uint32_t> items, const char* what);

}  // namespace basalt::quantum
