// Counters, spans and their exporters.

#include "runtime/metrics/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "runtime/metrics/prometheus.h"
#include "runtime/metrics/span.h"
#include "runtime/metrics/trace.h"

namespace basalt::metrics {
namespace {

Reading reading_of(Metric metric) {
  const auto all = read_all();
  return *std::ranges::find_if(all, [&](const Reading& reading) { return reading.row.id == metric; });
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(MetricTable, NamesAreUniqueAndFollowThePrometheusRules) {
  std::set<std::string_view> names;
  for (const MetricRow& row : metric_table()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.name.starts_with("basalt_")) << row.name;
    EXPECT_EQ(row.kind == Kind::counter, row.name.ends_with("_total")) << row.name;
    EXPECT_FALSE(row.help.empty()) << row.name;
    EXPECT_TRUE(std::ranges::all_of(row.name, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); })) << row.name;
  }
}

TEST(Counter, LosesNothingBetweenThreads) {
  const double before = reading_of(Metric::gates).value;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < 10000; ++j) {
        add(Metric::gates, 3);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(reading_of(Metric::gates).value - before, 120000);
}

TEST(Gauge, IsSetAndMoved) {
  set(Metric::threads, 5);
  move(Metric::threads, -1.5);
  EXPECT_EQ(reading_of(Metric::threads).value, 3.5);
}

TEST(Histogram, PutsObservationsIntoTheirBuckets) {
  const Reading before = reading_of(Metric::job_seconds);
  for (const double seconds : {0.0, 1e-6, 5e-6, 0.5, 1.0, 5000.0}) {
    observe(Metric::job_seconds, seconds);
  }
  const Reading after = reading_of(Metric::job_seconds);
  EXPECT_EQ(after.count - before.count, 6U);
  EXPECT_DOUBLE_EQ(after.value - before.value, 5001.500006);
  const auto gained = [&](std::size_t bucket) { return after.buckets[bucket] - before.buckets[bucket]; };
  EXPECT_EQ(gained(0), 2U) << "up to and with 1 µs";
  EXPECT_EQ(gained(1), 1U);
  EXPECT_EQ(gained(6), 2U) << "up to and with 1 s";
  EXPECT_EQ(gained(kBucketBounds.size()), 1U) << "the rest";
}

TEST(Prometheus, WritesEveryKind) {
  Reading counter{.row = {Metric::gates, Kind::counter, "a_total", "Some help"}, .value = 7, .count = 7, .buckets = {}};
  Reading histogram{
      .row = {Metric::job_seconds, Kind::histogram, "b_seconds", "More"}, .value = 2.5, .count = 3, .buckets = {}};
  histogram.buckets[0] = 1;
  histogram.buckets[6] = 1;
  histogram.buckets[kBucketBounds.size()] = 1;
  const std::string text = prometheus_text({counter, histogram});
  EXPECT_TRUE(text.starts_with("# HELP a_total Some help\n# TYPE a_total counter\na_total 7\n")) << text;
  EXPECT_NE(text.find("# TYPE b_seconds histogram\nb_seconds_bucket{le=\"1e-06\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(
      text.find(
          "b_seconds_bucket{le=\"1000\"} 2\nb_seconds_bucket{le=\"+Inf\"} 3\nb_seconds_sum 2.5\nb_seconds_count 3\n"),
      std::string::npos)
      << text;
}

TEST(Span, IsRecordedOnlyDuringATrace) {
  { const Span before(SpanName::plan, {.detail = "before"}); }
  start_trace();
  {
    const Span outer(SpanName::job);
    const Span inner(SpanName::stage, {.detail = "test/kernel", .bytes = 4096});
  }
  stop_trace();
  { const Span after(SpanName::plan, {.detail = "after"}); }
  const std::string text = trace_json();
  EXPECT_EQ(text.find("before"), std::string::npos);
  EXPECT_EQ(text.find("after"), std::string::npos);
  EXPECT_EQ(occurrences(text, "\"ph\":\"X\""), 2U) << text;
  EXPECT_NE(text.find("\"name\":\"test/kernel\",\"cat\":\"stage\""), std::string::npos) << text;
  EXPECT_NE(text.find("\"args\":{\"bytes\":4096}"), std::string::npos) << text;
}

TEST(Span, ThreadsHaveLanesOfTheirOwnAndANewTraceForgets) {
  start_trace();
  { const Span span(SpanName::job); }
  std::thread([] { const Span span(SpanName::piece); }).join();
  stop_trace();
  EXPECT_EQ(occurrences(trace_json(), "\"ph\":\"X\""), 2U);
  start_trace();
  stop_trace();
  EXPECT_EQ(occurrences(trace_json(), "\"ph\":\"X\""), 0U);
  EXPECT_EQ(dropped_spans(), 0U);
}

TEST(Span, BeyondTheLimitAreCountedAsDropped) {
  start_trace();
  for (std::size_t i = 0; i < kMaxSpansPerThread + 10; ++i) {
    const Span span(SpanName::piece);
  }
  stop_trace();
  EXPECT_EQ(dropped_spans(), 10U);
  start_trace();
  stop_trace();
}

}  // namespace
}  // namespace basalt::metrics
