// Counters, gauges and histograms of the process. Writing one is a few relaxed atomic operations, from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace basalt::metrics {

enum class Kind : std::uint8_t { counter, gauge, histogram };

enum class Metric : std::uint8_t {
#define BASALT_METRIC(id, kind, name, help) id,
#define BASALT_SPAN(id, name, help)
#include "runtime/metrics/names.def"
#undef BASALT_METRIC
#undef BASALT_SPAN
};

struct MetricRow {
  Metric id;
  Kind kind;
  std::string_view name;
  std::string_view help;
};

/// Every metric, in the order of names.def.
const std::vector<MetricRow>& metric_table();

/// Adds to a counter.
void add(Metric counter, std::uint64_t amount = 1) noexcept;
/// Sets a gauge, or moves it.
void set(Metric gauge, double value) noexcept;
void move(Metric gauge, double change) noexcept;
/// Adds an observation to a histogram, in seconds.
void observe(Metric histogram, double seconds) noexcept;

/// Upper bounds of the histogram buckets in seconds: powers of ten from 1 µs to 1000 s; one more bucket takes the rest.
inline constexpr std::array<double, 10> kBucketBounds = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000};

/// One metric as it stands. Buckets are not cumulative.
struct Reading {
  MetricRow row;
  double value = 0;  ///< Of a counter or gauge; for a histogram the sum of its observations.
  std::uint64_t count = 0;
  std::array<std::uint64_t, kBucketBounds.size() + 1> buckets{};
};

std::vector<Reading> read_all();

}  // namespace basalt::metrics
