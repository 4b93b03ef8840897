#include "runtime/metrics/cell.h"

#include <algorithm>
#include <string>

#include "runtime/metrics/span.h"

namespace basalt::metrics {

void Cell::add(std::uint64_t amount) noexcept {
  static std::atomic<std::size_t> threads_seen{0};
  thread_local const std::size_t shard = threads_seen.fetch_add(1, std::memory_order_relaxed) % kShards;
  counts[shard].count.fetch_add(amount, std::memory_order_relaxed);
}

void Cell::set(double level) noexcept {
  value.store(level, std::memory_order_relaxed);
  tell_gauge(name, level);
}

void Cell::move(double change) noexcept {
  tell_gauge(name, value.fetch_add(change, std::memory_order_relaxed) + change);
}

void Cell::observe(double seconds) noexcept {
  const auto bound = std::ranges::lower_bound(kBucketBounds, seconds);
  buckets[static_cast<std::size_t>(bound - kBucketBounds.begin())].fetch_add(1, std::memory_order_relaxed);
  add(1);
  value.fetch_add(seconds, std::memory_order_relaxed);
}

std::uint64_t Cell::count() const noexcept {
  std::uint64_t sum = 0;
  for (const Shard& shard : counts) {
    sum += shard.count.load(std::memory_order_relaxed);
  }
  return sum;
}

MetricReading Cell::read() const {
  MetricReading reading{.name = std::string(name), .help = std::string(help), .kind = kind, .count = count()};
  reading.value =
      kind == MetricKind::counter ? static_cast<double>(reading.count) * unit : value.load(std::memory_order_relaxed);
  std::ranges::transform(buckets, reading.buckets.begin(),
                         [](const auto& bucket) { return bucket.load(std::memory_order_relaxed); });
  return reading;
}

}  // namespace basalt::metrics
