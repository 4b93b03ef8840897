#include "workloads/quantum/results/sort_records.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace basalt::quantum {
namespace {

constexpr std::size_t kRecordsWorthPasses = 1024;
/// Of wider records, every pass moves more than comparisons look at.
constexpr std::size_t kMostWordsForPasses = 5;
constexpr std::size_t kPassBits = 8;
constexpr std::size_t kPassValues = std::size_t{1} << kPassBits;

bool before(const std::uint64_t* a, const std::uint64_t* b, std::size_t words) {
  for (std::size_t word = 0; word + 1 < words; ++word) {
    if (a[word] != b[word]) {
      return a[word] < b[word];
    }
  }
  return false;
}

bool ascend(const std::vector<std::uint64_t>& records, std::size_t words) {
  for (std::size_t i = words; i < records.size(); i += words) {
    if (before(&records[i], &records[i - words], words)) {
      return false;
    }
  }
  return true;
}

void sort_by_comparison(std::vector<std::uint64_t>& records, std::size_t words) {
  std::vector<std::size_t> order(records.size() / words);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(
      order, [&](std::size_t a, std::size_t b) { return before(&records[a * words], &records[b * words], words); });
  std::vector<std::uint64_t> sorted;
  sorted.reserve(records.size());
  for (const std::size_t i : order) {
    sorted.insert(sorted.end(), &records[i * words], &records[i * words] + words);
  }
  records = std::move(sorted);
}

/// Deals the records out by some bits of a word, keeping the order of those that agree in them.
void deal(const std::vector<std::uint64_t>& from, std::vector<std::uint64_t>& to, std::size_t words, std::size_t word,
          std::size_t shift) {
  const auto value_of = [&](std::size_t i) { return (from[i + word] >> shift) % kPassValues; };
  std::array<std::size_t, kPassValues> next{};
  for (std::size_t i = 0; i < from.size(); i += words) {
    next[value_of(i)] += words;
  }
  std::exclusive_scan(next.begin(), next.end(), next.begin(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); i += words) {
    std::size_t& place = next[value_of(i)];
    for (std::size_t k = 0; k < words; ++k) {
      to[place + k] = from[i + k];
    }
    place += words;
  }
}

/// From the bits that count least to those that count most; bits that are the same in all records take no pass.
void sort_by_passes(std::vector<std::uint64_t>& records, std::size_t words) {
  std::vector<std::uint64_t> other(records.size());
  for (std::size_t word = words - 1; word-- > 0;) {
    std::uint64_t varying = 0;
    for (std::size_t i = 0; i < records.size(); i += words) {
      varying |= records[i + word] ^ records[word];
    }
    for (std::size_t shift = 0; shift < 64; shift += kPassBits) {
      if ((varying >> shift) % kPassValues != 0) {
        deal(records, other, words, word, shift);
        records.swap(other);
      }
    }
  }
}

}  // namespace

void sort_records(std::vector<std::uint64_t>& records, std::size_t words) {
  if (ascend(records, words)) {
    return;
  }
  if (records.size() / words < kRecordsWorthPasses || words > kMostWordsForPasses) {
    sort_by_comparison(records, words);
  } else {
    sort_by_passes(records, words);
  }
}

void merge_equal_records(std::vector<std::uint64_t>& records, std::size_t words) {
  std::size_t last = 0;
  for (std::size_t i = words; i < records.size(); i += words) {
    if (!before(&records[last], &records[i], words)) {
      records[last + words - 1] += records[i + words - 1];
    } else {
      last += words;
      std::copy_n(&records[i], words, &records[last]);
    }
  }
  if (!records.empty()) {
    records.resize(last + words);
  }
}

}  // namespace basalt::quantum
