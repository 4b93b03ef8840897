// One metric: what a counter, a gauge or a histogram holds.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "basalt/metrics.h"

namespace basalt::metrics {

/// Threads are spread over so many places of a counter. With one place, 16 threads that count at once pay 404 ns an
/// addition; with 16, they pay 16 ns, and one thread alone pays the same as before (docs/runtime/metrics.md).
inline constexpr std::size_t kShards = 16;

struct alignas(64) Shard {
  std::atomic<std::uint64_t> count{0};
};

/// One metric.
struct Cell {
  MetricKind kind;
  std::string_view name;
  std::string_view help;
  double unit = 1;                      ///< What one count is worth: 1e-9 for timers.
  std::array<Shard, kShards> counts{};  ///< Of a counter; of a histogram its observations.
  std::atomic<double> value{0};         ///< Of a gauge; of a histogram the sum.
  std::array<std::atomic<std::uint64_t>, kBucketBounds.size() + 1> buckets{};

  void add(std::uint64_t amount) noexcept;
  void set(double level) noexcept;
  void move(double change) noexcept;
  void observe(double seconds) noexcept;
  [[nodiscard]] std::uint64_t count() const noexcept;
  [[nodiscard]] MetricReading read() const;
};

}  // namespace basalt::metrics
