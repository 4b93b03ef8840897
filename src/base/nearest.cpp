// Finds what a misspelt name may have meant.
#include "base/nearest.h"

#include <algorithm>
#include <numeric>

namespace basalt {
namespace {

constexpr std::size_t kMaxCompared = 40;  // longer names are not compared: the cost is their product
constexpr std::size_t kMaxCandidates = 20'000;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  std::size_t compared = 0;
  for (const std::string_view candidate : candidates) {
    if (++compared > kMaxCandidates) {
      break;
    }
    if (name.size() > kMaxCompared || candidate.size() > kMaxCompared) {
      continue;
    }
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  return std::string(best);
}

}  // namespace basalt
