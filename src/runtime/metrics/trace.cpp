#include "runtime/metrics/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "runtime/metrics/span.h"

namespace basalt::metrics {
namespace {

struct Event {
  SpanName name;
  SpanNote note;
  std::int64_t start;
  std::int64_t end;
};

/// The spans of one thread. Only its thread writes; the mutex is for who reads while it still runs.
struct Lane {
  std::mutex mutex;
  std::vector<Event> events;
  std::uint64_t dropped = 0;
};

/// All lanes, also those of threads that have ended. Never destroyed: threads may outlive static objects.
struct Lanes {
  std::mutex mutex;
  std::vector<std::shared_ptr<Lane>> all;
};

Lanes& lanes() {
  static auto* const instance = new Lanes;
  return *instance;
}

Lane& this_lane() {
  thread_local const std::shared_ptr<Lane> lane = [] {
    auto created = std::make_shared<Lane>();
    const std::scoped_lock lock(lanes().mutex);
    lanes().all.push_back(created);
    return created;
  }();
  return *lane;
}

template <typename Visit>
void for_each_lane(const Visit& visit) {
  const std::scoped_lock all(lanes().mutex);
  for (std::size_t i = 0; i < lanes().all.size(); ++i) {
    const std::scoped_lock one(lanes().all[i]->mutex);
    visit(i, *lanes().all[i]);
  }
}

}  // namespace

namespace internal {

std::atomic<bool> recording{false};

std::int64_t now_nanoseconds() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void record(SpanName name, const SpanNote& note, std::int64_t start, std::int64_t end) noexcept {
  try {
    Lane& lane = this_lane();
    const std::scoped_lock lock(lane.mutex);
    if (lane.events.size() < kMaxSpansPerThread) {
      lane.events.push_back({name, note, start, end});
    } else {
      ++lane.dropped;
    }
  } catch (const std::bad_alloc&) {
    // A span is lost; the run goes on.
  }
}

}  // namespace internal

std::string_view name_of(SpanName name) noexcept {
  static constexpr std::string_view kNames[] = {
#define BASALT_METRIC(id, kind, name, help)
#define BASALT_SPAN(id, name, help) name,
#include "runtime/metrics/names.def"
#undef BASALT_METRIC
#undef BASALT_SPAN
  };
  return kNames[static_cast<std::size_t>(name)];
}

void start_trace() {
  for_each_lane([](std::size_t, Lane& lane) {
    lane.events.clear();
    lane.dropped = 0;
  });
  internal::recording.store(true);
}

void stop_trace() noexcept {
  internal::recording.store(false);
}

std::uint64_t dropped_spans() noexcept {
  std::uint64_t dropped = 0;
  for_each_lane([&](std::size_t, const Lane& lane) { dropped += lane.dropped; });
  return dropped;
}

std::string trace_json() {
  std::int64_t origin = internal::now_nanoseconds();
  for_each_lane([&](std::size_t, const Lane& lane) {
    for (const Event& event : lane.events) {
      origin = std::min(origin, event.start);
    }
  });
  std::string text = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
  const char* separator = "\n";
  for_each_lane([&](std::size_t index, const Lane& lane) {
    for (const Event& event : lane.events) {
      text += fmt::format(R"({}{{"name":"{}","cat":"{}","ph":"X","pid":1,"tid":{},"ts":{:.3f},"dur":{:.3f})", separator,
                          event.note.detail.empty() ? name_of(event.name) : event.note.detail, name_of(event.name),
                          index, static_cast<double>(event.start - origin) / 1e3,
                          static_cast<double>(event.end - event.start) / 1e3);
      if (event.note.bytes > 0) {
        text += fmt::format(R"(,"args":{{"bytes":{:.0f}}})", event.note.bytes);
      }
      text += '}';
      separator = ",\n";
    }
  });
  return text + "\n]}\n";
}

}  // namespace basalt::metrics
