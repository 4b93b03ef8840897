// Loops over ranges and reductions on the threads of an arena. How a reduction is cut and in which order its parts are
// combined depends on the range and the grain alone: the result has the same bits on any number of threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "basalt/error.h"

namespace basalt {

namespace internal {

inline std::uint64_t count_parts(std::uint64_t count, std::uint64_t grain) {
  if (grain == 0) {
    throw Error(ErrorCode::bad_usage, "a parallel loop cannot be cut into parts of 0 elements",
                "give a grain of 1 or more");
  }
  return count / grain + (count % grain == 0 ? 0 : 1);
}

}  // namespace internal

/// Calls body(first, last) for consecutive ranges [first, last) of `grain` elements (the last may have fewer) that
/// cover [begin, end), in any order; nothing if end ≤ begin. Errors are those of Arena::for_each, and Error(bad_usage)
/// for a grain of 0.
template <typename Body>
void parallel_for(const Arena& arena, const CancelToken& cancel, std::uint64_t begin, std::uint64_t end,
                  std::uint64_t grain, const Body& body) {
  const std::uint64_t count = end > begin ? end - begin : 0;
  arena.for_each(internal::count_parts(count, grain), cancel, [&](std::uint64_t part) {
    const std::uint64_t first = part * grain;
    body(begin + first, begin + first + std::min(grain, count - first));
  });
}

/// combine(a, b) over map(first, last) of consecutive ranges of `grain` elements that cover [0, count), as a balanced
/// binary tree in order of index; `identity` if count is 0. map runs on any thread, combine on the caller's. Holds one
/// Value for each range. Errors as for parallel_for.
template <typename Value, typename Map, typename Combine>
Value parallel_reduce(const Arena& arena, const CancelToken& cancel, std::uint64_t count, std::uint64_t grain,
                      Value identity, const Map& map, const Combine& combine) {
  struct Part {  // no element of a std::vector<bool>, which threads cannot write side by side
    Value value;
  };
  std::vector<Part> parts(internal::count_parts(count, grain), Part{identity});
  parallel_for(arena, cancel, 0, count, grain,
               [&](std::uint64_t first, std::uint64_t last) { parts[first / grain].value = map(first, last); });
  for (std::size_t stride = 1; stride < parts.size(); stride *= 2) {
    for (std::size_t i = 0; i + stride < parts.size(); i += 2 * stride) {
      parts[i].value = combine(parts[i].value, parts[i + stride].value);
    }
  }
  return parts.empty() ? identity : parts.front().value;
}

}  // namespace basalt
