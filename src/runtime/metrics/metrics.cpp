#include "runtime/metrics/metrics.h"

#include <algorithm>
#include <iterator>

namespace basalt::metrics {
namespace {

constexpr Metric kMetrics[] = {
#define BASALT_METRIC(id, kind, name, help) Metric::id,
#define BASALT_SPAN(id, name, help)
#include "runtime/metrics/names.def"
#undef BASALT_METRIC
#undef BASALT_SPAN
};

/// One cache line each, so that threads that write different metrics do not share one.
struct alignas(64) Cell {
  std::atomic<std::uint64_t> count{0};
  std::atomic<double> value{0};
  std::array<std::atomic<std::uint64_t>, kBucketBounds.size() + 1> buckets{};
};

Cell& cell(Metric metric) noexcept {
  static std::array<Cell, std::size(kMetrics)> cells;
  return cells[static_cast<std::size_t>(metric)];
}

}  // namespace

const std::vector<MetricRow>& metric_table() {
  static const std::vector<MetricRow> table = {
#define BASALT_METRIC(id, kind, name, help) {Metric::id, Kind::kind, name, help},
#define BASALT_SPAN(id, name, help)
#include "runtime/metrics/names.def"
#undef BASALT_METRIC
#undef BASALT_SPAN
  };
  return table;
}

void add(Metric counter, std::uint64_t amount) noexcept {
  cell(counter).count.fetch_add(amount, std::memory_order_relaxed);
}

void set(Metric gauge, double value) noexcept {
  cell(gauge).value.store(value, std::memory_order_relaxed);
}

void move(Metric gauge, double change) noexcept {
  cell(gauge).value.fetch_add(change, std::memory_order_relaxed);
}

void observe(Metric histogram, double seconds) noexcept {
  Cell& target = cell(histogram);
  const auto bound = std::ranges::lower_bound(kBucketBounds, seconds);
  target.buckets[static_cast<std::size_t>(bound - kBucketBounds.begin())].fetch_add(1, std::memory_order_relaxed);
  target.count.fetch_add(1, std::memory_order_relaxed);
  target.value.fetch_add(seconds, std::memory_order_relaxed);
}

std::vector<Reading> read_all() {
  std::vector<Reading> result;
  for (const MetricRow& row : metric_table()) {
    const Cell& source = cell(row.id);
    Reading reading{.row = row, .value = source.value.load(std::memory_order_relaxed), .count = 0, .buckets = {}};
    reading.count = source.count.load(std::memory_order_relaxed);
    if (row.kind == Kind::counter) {
      reading.value = static_cast<double>(reading.count);
    }
    for (std::size_t i = 0; i < reading.buckets.size(); ++i) {
      reading.buckets[i] = source.buckets[i].load(std::memory_order_relaxed);
    }
    result.push_back(reading);
  }
  return result;
}

}  // namespace basalt::metrics
