#include "runtime/metrics/trace.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "runtime/metrics/lanes.h"
#include "runtime/metrics/thread_context.h"

namespace basalt::metrics {
namespace {

/// Never destroyed: threads may outlive static objects.
struct Lanes {
  std::mutex mutex;
  std::vector<std::shared_ptr<Lane>> all;
};

Lanes& lanes() {
  static auto* const instance = new Lanes;
  return *instance;
}

/// Kept apart from the lane: most threads never record anything, and need none.
thread_local ThreadName thread_name{};
thread_local std::shared_ptr<Lane> thread_lane;

ThreadName cut_name(std::string_view name) {
  ThreadName text{};
  std::ranges::copy(name.substr(0, text.size() - 1), text.begin());
  return text;
}

std::shared_ptr<Lane> make_lane(const ThreadName& name) {
  auto created = std::make_shared<Lane>();
  created->name = name;
  const std::scoped_lock lock(lanes().mutex);
  lanes().all.push_back(created);
  return created;
}

void append(Lane& lane, const Event& event) {
  const std::scoped_lock lock(lane.mutex);
  if (lane.events.size() < kMaxEventsPerThread) {
    lane.events.push_back(event);
  } else {
    ++lane.dropped;
  }
}

void record(const Event& event) noexcept {
  if (!is_recording()) {
    return;
  }
  try {
    if (!thread_lane) {
      thread_lane = make_lane(thread_name);
    }
    append(*thread_lane, event);
  } catch (const std::bad_alloc&) {
    // An event is lost; the run goes on.
  }
}

}  // namespace

std::vector<std::shared_ptr<Lane>> all_lanes() {
  const std::scoped_lock lock(lanes().mutex);
  return lanes().all;
}

void record_span(std::string_view name, const SpanNote& note, std::int64_t start, std::int64_t end) noexcept {
  record({Event::Kind::span, name, note.detail, note.bytes, this_thread.job, start, end});
}

void record_gauge(std::string_view name, double value) noexcept {
  if (!std::isfinite(value)) {
    return;  // JSON has no word for it
  }
  const std::int64_t now = now_nanoseconds();
  record({Event::Kind::gauge, name, {}, value, 0, now, now});
}

Track::Track(std::string_view name) : name_(name) {}

void Track::record(SpanName name, const SpanNote& note, std::int64_t start, std::int64_t end) noexcept {
  if (!is_recording()) {
    return;
  }
  try {
    const std::scoped_lock lock(mutex_);
    if (!lane_) {
      lane_ = make_lane(cut_name(name_));
    }
    append(*lane_, {Event::Kind::span, name_of(name), note.detail, note.bytes, this_thread.job, start, end});
  } catch (const std::bad_alloc&) {
    // As above.
  }
}

void start_recording() {
  {
    const std::scoped_lock all(lanes().mutex);
    std::erase_if(lanes().all,
                  [](const auto& lane) { return lane.use_count() == 1; });  // its thread or track has ended
    for (const auto& lane : lanes().all) {
      const std::scoped_lock one(lane->mutex);
      lane->events.clear();
      lane->dropped = 0;
    }
  }
  observers.fetch_or(kTraceObserves);
}

void stop_recording() noexcept {
  observers.fetch_and(~kTraceObserves);
}

std::uint64_t dropped_events() noexcept {
  std::uint64_t dropped = 0;
  const std::scoped_lock all(lanes().mutex);
  for (const auto& lane : lanes().all) {
    const std::scoped_lock one(lane->mutex);
    dropped += lane->dropped;
  }
  return dropped;
}

}  // namespace basalt::metrics

namespace basalt {

void name_this_thread(std::string_view name) {
  const metrics::ThreadName text = metrics::cut_name(name);
  metrics::thread_name = text;
  if (metrics::thread_lane) {
    const std::scoped_lock lock(metrics::thread_lane->mutex);
    metrics::thread_lane->name = text;
  }
}

}  // namespace basalt
