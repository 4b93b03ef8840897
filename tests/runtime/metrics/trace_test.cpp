// Spans and gauges as a Chrome trace.

#include "runtime/metrics/trace.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "basalt/usage.h"
#include "runtime/metrics/metrics.h"

namespace basalt::metrics {
namespace {

using Json = nlohmann::json;

/// The trace of what `body` does, parsed.
template <typename Body>
Json trace_of(const Body& body) {
  start_recording();
  body();
  stop_recording();
  return Json::parse(trace_json());
}

/// The events of one phase: X spans, C counters, M metadata.
std::vector<Json> events(const Json& trace, const std::string& phase) {
  std::vector<Json> found;
  for (const Json& event : trace.at("traceEvents")) {
    EXPECT_EQ(event.at("pid"), ::getpid());
    EXPECT_TRUE(event.at("tid").is_number_unsigned());
    if (event.at("ph") == phase) {
      found.push_back(event);
    }
  }
  return found;
}

TEST(Trace, RecordsSpansOnlyWhileItRuns) {
  { const Span before(SpanName::plan, {.detail = "before"}); }
  const Json trace = trace_of([] {
    const Span outer(SpanName::job);
    const Span inner(SpanName::stage, {.detail = "test/kernel", .bytes = 4096});
  });
  { const Span after(SpanName::plan, {.detail = "after"}); }
  const std::vector<Json> spans = events(trace, "X");
  ASSERT_EQ(spans.size(), 2U);
  const Json& inner = spans[0];
  const Json& outer = spans[1];
  EXPECT_EQ(inner.at("name"), "test/kernel");
  EXPECT_EQ(inner.at("cat"), "stage");
  EXPECT_EQ(inner.at("args").at("bytes"), 4096);
  EXPECT_EQ(outer.at("name"), "job");
  EXPECT_LE(outer.at("ts"), inner.at("ts"));
  EXPECT_GE(outer.at("ts").get<double>() + outer.at("dur").get<double>(),
            inner.at("ts").get<double>() + inner.at("dur").get<double>());
}

TEST(Trace, NamesTheProcessAndItsThreads) {
  const Json trace = trace_of([] {
    { const Span span(SpanName::job); }
    std::thread([] {
      name_this_thread("a thread with a name that is far too long to be kept");
      const Span span(SpanName::piece);
    }).join();
    std::thread([] { const Span span(SpanName::piece); }).join();
  });
  std::map<std::string, std::size_t> threads;
  for (const Json& event : events(trace, "M")) {
    if (event.at("name") == "process_name") {
      EXPECT_EQ(event.at("args").at("name"), "basalt");
    } else {
      EXPECT_EQ(event.at("name"), "thread_name");
      threads[event.at("args").at("name")] = event.at("tid");
    }
  }
  EXPECT_TRUE(threads.contains("a thread with a name that is fa"));
  std::map<std::size_t, int> spans_of_lane;
  for (const Json& span : events(trace, "X")) {
    ++spans_of_lane[span.at("tid")];
  }
  EXPECT_EQ(spans_of_lane.size(), 3U) << "a lane for each thread";
}

TEST(Trace, ShowsGaugesAsCounters) {
  const Gauge gauge("test_trace_bytes", "A level");
  const Json trace = trace_of([&] {
    gauge.set(100);
    gauge.move(-25);
    gauge.set(std::numeric_limits<double>::quiet_NaN());
    metrics::set(Metric::threads, 3);
  });
  const std::vector<Json> counters = events(trace, "C");
  ASSERT_EQ(counters.size(), 3U) << "JSON cannot say what is no number";
  EXPECT_EQ(counters[0].at("name"), "test_trace_bytes");
  EXPECT_EQ(counters[0].at("args").at("value"), 100);
  EXPECT_EQ(counters[1].at("args").at("value"), 75);
  EXPECT_EQ(counters[2].at("name"), "basalt_threads");
  EXPECT_LE(counters[0].at("ts"), counters[1].at("ts"));
}

TEST(Trace, TellsWhichJobASpanIsOf) {
  std::uint64_t job = 0;
  const Json trace = trace_of([&] {
    { const Span outside(SpanName::parse); }
    const UsageMeter meter;
    job = meter.job();
    const Span inside(SpanName::plan);
  });
  const std::vector<Json> spans = events(trace, "X");
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_FALSE(spans[0].at("args").contains("job"));
  EXPECT_EQ(spans[1].at("args").at("job"), job);
}

TEST(Trace, HasALaneForEachTrack) {
  Track device("device");
  Track other("another device");
  device.record(SpanName::stage, {}, 1, 2);  // nobody records
  std::uint64_t job = 0;
  const std::int64_t now = now_nanoseconds();
  const Json trace = trace_of([&] {
    const UsageMeter meter;
    job = meter.job();
    { const Span span(SpanName::execute); }
    device.record(SpanName::stage, {.detail = "tiles", .bytes = 64}, now - 2000, now - 500);
    std::thread([&] { device.record(SpanName::stage, {}, now - 500, now); }).join();
    other.record(SpanName::stage, {}, now, now + 10);
  });
  std::map<std::string, std::size_t> lanes;
  for (const Json& event : events(trace, "M")) {
    lanes[event.at("args").at("name")] = event.at("tid");
  }
  ASSERT_TRUE(lanes.contains("device") && lanes.contains("another device"));
  std::map<std::size_t, std::vector<Json>> spans;
  for (const Json& span : events(trace, "X")) {
    spans[span.at("tid")].push_back(span);
  }
  EXPECT_EQ(spans.size(), 3U) << "the thread's, and one for each";
  const std::vector<Json>& stages = spans[lanes["device"]];
  ASSERT_EQ(stages.size(), 2U) << "whichever thread tells";
  EXPECT_EQ(stages[0].at("name"), "tiles");
  EXPECT_EQ(stages[0].at("cat"), "stage");
  EXPECT_EQ(stages[0].at("args").at("bytes"), 64);
  EXPECT_EQ(stages[0].at("args").at("job"), job);
  EXPECT_EQ(stages[0].at("ts"), 0) << "the first of all";
  EXPECT_EQ(stages[0].at("dur"), 1.5);
  EXPECT_EQ(stages[1].at("ts"), 1.5);
  EXPECT_EQ(spans[lanes["another device"]].size(), 1U);
}

TEST(Trace, ForgetsTracksThatAreGone) {
  const auto lanes_of = [](const Json& trace) { return events(trace, "M").size(); };
  std::size_t with_track = 0;
  {
    Track track("device");
    with_track = lanes_of(trace_of([&] { track.record(SpanName::stage, {}, 1, 2); }));
    EXPECT_EQ(lanes_of(trace_of([] {})), with_track);
  }
  EXPECT_EQ(lanes_of(trace_of([] {})), with_track - 1);
}

TEST(Trace, StaysJsonWhateverSpansAreCalled) {
  const Json trace = trace_of([] {
    const basalt::Span span("a \"quoted\"\\\n\tname", "\x01\xff kernel", std::numeric_limits<double>::infinity());
  });
  const std::vector<Json> spans = events(trace, "X");
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].at("cat"), "a \"quoted\"\\\n\tname");
  EXPECT_EQ(spans[0].at("name"), "\x01\xEF\xBF\xBD kernel");
  EXPECT_FALSE(spans[0].at("args").contains("bytes"));
}

TEST(Trace, ForgetsTheRecordingBefore) {
  EXPECT_EQ(events(trace_of([] { const Span span(SpanName::job); }), "X").size(), 1U);
  EXPECT_EQ(events(trace_of([] {}), "X").size(), 0U);
}

TEST(Trace, DropsTheLanesOfThreadsThatHaveEnded) {
  const Json first = trace_of([] {
    for (int i = 0; i < 5; ++i) {
      std::thread([] { const Span span(SpanName::piece); }).join();
    }
  });
  EXPECT_GE(events(first, "M").size(), 6U);
  EXPECT_LE(events(trace_of([] {}), "M").size(), 2U) << "the process, and this thread at most";
}

TEST(Trace, CountsWhatItDropsBeyondTheLimit) {
  start_recording();
  for (std::size_t i = 0; i < kMaxEventsPerThread + 10; ++i) {
    const Span span(SpanName::piece);
  }
  EXPECT_EQ(dropped_events(), 10U);
  start_recording();
  EXPECT_EQ(dropped_events(), 0U);
  stop_recording();
}

TEST(Trace, IsReadWhileThreadsStillRecord) {
  start_recording();
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        const Span span(SpanName::piece);
        metrics::move(Metric::threads, 1);
        std::this_thread::sleep_for(std::chrono::microseconds(10));
      }
    });
  }
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(Json::accept(trace_json()));
    start_recording();
  }
  stop = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  stop_recording();
}

}  // namespace
}  // namespace basalt::metrics
