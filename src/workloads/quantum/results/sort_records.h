// Sorts records of a few words, by all of their words but the last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace basalt::quantum {

/// `records` is one record of `words` words after another, the first word counting most; afterwards they ascend.
/// In linear time where there are many that are narrow.
void sort_records(std::vector<std::uint64_t>& records, std::size_t words);

/// Of ascending records that are equal but for the last word leaves one, with the sum of the last words.
void merge_equal_records(std::vector<std::uint64_t>& records, std::size_t words);

}  // namespace basalt::quantum
