#include "workloads/quantum/results/sort_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace basalt::quantum {
namespace {

using Records = std::vector<std::uint64_t>;

TEST(SortRecords, SortsFewAndManyOfAnyWidthAndMergesEquals) {
  std::mt19937_64 random(1);
  for (const std::size_t words : {1U, 2U, 3U, 5U, 6U, 20U}) {
    for (const std::size_t count : {0U, 1U, 2U, 50U, 1023U, 1024U, 5000U}) {
      for (const std::uint64_t mask : {~std::uint64_t{0}, std::uint64_t{0xF}, std::uint64_t{0xFF00000000000000}}) {
        Records records;
        std::map<Records, std::uint64_t> expected;
        for (std::size_t i = 0; i < count; ++i) {
          Records key(words - 1);
          std::ranges::generate(key, [&] { return random() & mask; });
          const std::uint64_t number = random() % 100;
          records.insert(records.end(), key.begin(), key.end());
          records.push_back(number);
          expected[key] += number;
        }
        sort_records(records, words);
        merge_equal_records(records, words);
        Records flat;
        for (const auto& [key, number] : expected) {
          flat.insert(flat.end(), key.begin(), key.end());
          flat.push_back(number);
        }
        EXPECT_EQ(records, flat) << words << " words, " << count << " records";
      }
    }
  }
}

}  // namespace
}  // namespace basalt::quantum
