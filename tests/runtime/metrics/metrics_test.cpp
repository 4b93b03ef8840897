// Built-in metrics, and those that a program defines for itself.

#include "runtime/metrics/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "basalt/error.h"

namespace basalt {
namespace {

using metrics::Metric;

MetricReading reading_of(std::string_view name) {
  const std::vector<MetricReading> all = read_metrics();
  const auto found = std::ranges::find(all, name, &MetricReading::name);
  EXPECT_NE(found, all.end()) << name;
  return found == all.end() ? MetricReading{} : *found;
}

template <typename Body>
void run_on_threads(int count, const Body& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back(body);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(BuiltInMetrics, HaveUniqueNamesThatFollowThePrometheusRules) {
  std::set<std::string> names;
  for (const MetricReading& metric : read_metrics()) {
    if (!metric.name.starts_with("basalt_")) {
      continue;  // made by another test
    }
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_EQ(metric.kind == MetricKind::counter, metric.name.ends_with("_total")) << metric.name;
    EXPECT_FALSE(metric.help.empty()) << metric.name;
    EXPECT_TRUE(std::ranges::all_of(metric.name, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); }))
        << metric.name;
  }
  EXPECT_TRUE(names.contains("basalt_jobs_total"));
}

TEST(BuiltInMetrics, CountSetMoveAndObserve) {
  const MetricReading gates = reading_of("basalt_gates_total");
  const MetricReading seconds = reading_of("basalt_job_seconds");
  metrics::add(Metric::gates, 3);
  metrics::set(Metric::threads, 5);
  metrics::move(Metric::threads, -1.5);
  metrics::observe(Metric::job_seconds, 0.25);
  EXPECT_EQ(reading_of("basalt_gates_total").value - gates.value, 3);
  EXPECT_EQ(reading_of("basalt_threads").value, 3.5);
  EXPECT_EQ(reading_of("basalt_job_seconds").count - seconds.count, 1U);
  EXPECT_EQ(reading_of("basalt_job_seconds").value - seconds.value, 0.25);
}

TEST(BuiltInMetrics, TimersCountNanosecondsAndShowSeconds) {
  const double before = reading_of("basalt_memory_seconds_total").value;
  metrics::add(Metric::memory_time, 2'500'000'000);
  EXPECT_DOUBLE_EQ(reading_of("basalt_memory_seconds_total").value - before, 2.5);
}

TEST(Counter, LosesNothingBetweenMoreThreadsThanItHasShards) {
  const Counter counter("test_lossless_total", "Sums of many threads");
  run_on_threads(2 * static_cast<int>(metrics::kShards) + 1, [&] {
    for (int i = 0; i < 1000; ++i) {
      counter.add(3);
    }
  });
  EXPECT_EQ(counter.value(), 3000 * (2 * metrics::kShards + 1));
  EXPECT_EQ(reading_of("test_lossless_total").value, static_cast<double>(counter.value()));
}

TEST(Counter, OfTheSameNameIsTheSameFromAnyThread) {
  run_on_threads(8, [] {
    for (int i = 0; i < 50; ++i) {
      Counter("test_same_" + std::to_string(i) + "_total", "First come").add();
    }
  });
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(Counter("test_same_" + std::to_string(i) + "_total", "Ignored").value(), 8U);
  }
  EXPECT_EQ(reading_of("test_same_7_total").help, "First come");
}

TEST(Gauge, IsSetAndMovedByManyThreads) {
  const Gauge gauge("test_level_bytes", "A level");
  gauge.set(10);
  run_on_threads(4, [&] {
    for (int i = 0; i < 1000; ++i) {
      gauge.move(0.5);
    }
  });
  EXPECT_EQ(gauge.value(), 2010);
  EXPECT_EQ(reading_of("test_level_bytes").value, 2010);
  EXPECT_EQ(reading_of("test_level_bytes").kind, MetricKind::gauge);
}

TEST(Histogram, PutsObservationsIntoTheirBuckets) {
  const Histogram histogram("test_wait_seconds", "Waiting");
  for (const double seconds : {0.0, 1e-6, 5e-6, 0.5, 1.0, 5000.0}) {
    histogram.observe(seconds);
  }
  const MetricReading reading = reading_of("test_wait_seconds");
  EXPECT_EQ(reading.count, 6U);
  EXPECT_DOUBLE_EQ(reading.value, 5001.500006);
  EXPECT_EQ(reading.buckets[0], 2U) << "up to and with 1 µs";
  EXPECT_EQ(reading.buckets[1], 1U);
  EXPECT_EQ(reading.buckets[6], 2U) << "up to and with 1 s";
  EXPECT_EQ(reading.buckets.back(), 1U) << "the rest";
}

/// The advice of the error that making `Kind` with this name gives; empty if it is allowed.
template <typename Kind>
std::string refusal_of(std::string_view name) {
  try {
    Kind(name, "Some help");
    return {};
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_usage);
    EXPECT_NE(error.message().find('"' + std::string(name) + '"'), std::string::npos) << error.message();
    EXPECT_FALSE(error.advice().empty());
    return error.advice();
  }
}

TEST(ProgramMetrics, RefuseNamesThatPrometheusWouldRefuse) {
  for (const char* name : {"", "9lives_total", "with-dash_total", "with blank_total", "größe_total", "a\n_total"}) {
    EXPECT_NE(refusal_of<Counter>(name), "") << name;
  }
  EXPECT_EQ(refusal_of<Counter>("_a:B9_total"), "");
  EXPECT_NE(refusal_of<Counter>("test_things").find("_total"), std::string::npos);
  EXPECT_NE(refusal_of<Gauge>("test_things_total").find("counters"), std::string::npos);
  EXPECT_NE(refusal_of<Gauge>("basalt_threads").find("built-in"), std::string::npos);
  for (const char* name : {"test_bucket", "test_sum", "test_count"}) {
    EXPECT_NE(refusal_of<Gauge>(name), "") << name << " could be taken for a line of a histogram";
  }
}

TEST(ProgramMetrics, RefuseANameThatAnotherKindHas) {
  const Gauge gauge("test_taken_seconds", "A level");
  EXPECT_NE(refusal_of<Histogram>("test_taken_seconds"), "");
}

}  // namespace
}  // namespace basalt
