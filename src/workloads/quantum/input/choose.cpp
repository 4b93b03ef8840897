// Index sets of registers.
#include "workloads/quantum/input/choose.h"

#include <fmt/format.h>

#include <algorithm>

namespace basalt::quantum {

std::size_t checked_index(std::int64_t index, std::size_t count) {
  const auto size = static_cast<std::int64_t>(count);
  if (index >= size || index < -size) {
    if (size == 0) {
      throw Fault{fmt::format("index {} of something that has size 0", index), "nothing in it can be indexed"};
    }
    throw Fault{fmt::format("index {} is out of range for size {}", index, count),
                fmt::format("indices go from 0 to {}, or from -1 back to -{}", count - 1, count)};
  }
  return static_cast<std::size_t>(index < 0 ? index + size : index);
}

std::uint64_t range_count(std::int64_t start, std::int64_t step, std::int64_t stop) {
  if (step == 0) {
    throw Fault{"a range with step 0 has no end", "use a step that is not 0"};
  }
  if (step > 0 ? start > stop : start < stop) {
    return 0;
  }
  const auto from = static_cast<std::uint64_t>(start);
  const auto to = static_cast<std::uint64_t>(stop);
  const std::uint64_t distance = step > 0 ? to - from : from - to;
  const std::uint64_t stride = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
  const std::uint64_t steps = distance / stride;
  return steps == ~std::uint64_t{0} ? steps : steps + 1;
}

Steps checked_range(const Range& range, std::size_t count) {
  const auto size = static_cast<std::int64_t>(count);
  const std::int64_t start = range.start.value_or(range.step < 0 ? size - 1 : 0);
  const std::int64_t stop = range.stop.value_or(range.step < 0 ? 0 : size - 1);
  const auto first = static_cast<std::int64_t>(checked_index(start, count));
  // A stop that no step meets may lie past the end, as in q[0:2:12] of twelve qubits; the items chosen must not.
  const std::int64_t last = stop < 0 ? stop + size : stop;
  const std::uint64_t chosen = range_count(first, range.step, last);
  if (chosen == 0) {
    throw Fault{fmt::format("the range {}:{}:{} chooses nothing", start, range.step, stop),
                "a range goes from its start towards its stop, both included"};
  }
  if (chosen > count) {
    throw Fault{fmt::format("the range {}:{}:{} is out of range for size {}", start, range.step, stop, count),
                fmt::format("indices go from 0 to {}", count - 1)};
  }
  const std::int64_t final_item = first + static_cast<std::int64_t>(chosen - 1) * range.step;
  checked_index(final_item < 0 ? final_item - size : final_item, count);
  return {first, range.step, static_cast<std::size_t>(chosen)};
}

std::vector<std::uint32_t> choose(std::span<const std::uint32_t> items, const Range& range) {
  const Steps steps = checked_range(range, items.size());
  std::vector<std::uint32_t> chosen(steps.count);
  for (std::size_t i = 0; i < steps.count; ++i) {
    chosen[i] = items[static_cast<std::size_t>(steps.first + static_cast<std::int64_t>(i) * steps.step)];
  }
  return chosen;
}

std::vector<std::uint32_t> choose(std::span<const std::uint32_t> items, std::span<const std::int64_t> indices) {
  std::vector<std::uint32_t> chosen;
  chosen.reserve(indices.size());
  for (const std::int64_t index : indices) {
    chosen.push_back(items[checked_index(index, items.size())]);
  }
  return chosen;
}

void check_distinct(std::span<const std::uint32_t> items, const char* what) {
  std::vector<std::uint32_t> sorted(items.begin(), items.end());
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) {
    throw Fault{fmt::format("the same {} is used twice", what), fmt::format("name every {} once", what)};
  }
}

}  // namespace basalt::quantum
