// The built-in metrics of the process. Writing one is a few relaxed atomic operations, from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/metrics/registry.h"

namespace basalt::metrics {

enum class Metric : std::uint8_t {
#define BASALT_METRIC(id, kind, name, help) id,
#define BASALT_TIMER(id, name, help) id,
#include "runtime/metrics/names.def"
};

inline Cell& cell(Metric metric) noexcept {
  return built_in(static_cast<std::size_t>(metric));
}

/// Adds to a counter; to a timer, nanoseconds.
inline void add(Metric counter, std::uint64_t amount = 1) noexcept {
  cell(counter).add(amount);
}

/// Sets a gauge, or moves it.
inline void set(Metric gauge, double value) noexcept {
  cell(gauge).set(value);
}
inline void move(Metric gauge, double change) noexcept {
  cell(gauge).move(change);
}

/// Adds an observation to a histogram, in seconds.
inline void observe(Metric histogram, double seconds) noexcept {
  cell(histogram).observe(seconds);
}

/// As MetricReading has it.
inline double value_of(Metric metric) {
  return cell(metric).read().value;
}

}  // namespace basalt::metrics
