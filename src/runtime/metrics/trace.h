// Records spans and gauges and writes them as a Chrome trace, which Perfetto and chrome://tracing open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/metrics/span.h"

namespace basalt::metrics {

/// The most events that one thread or track keeps; later ones are counted and dropped.
inline constexpr std::size_t kMaxEventsPerThread = std::size_t{1} << 20;

/// Starts recording, forgetting what was recorded before. One recording at a time in a process.
void start_recording();

/// Stops recording.
void stop_recording() noexcept;

/// Events that the recording has dropped for want of room.
std::uint64_t dropped_events() noexcept;

/// One relaxed load.
inline bool is_recording() noexcept {
  return (observers.load(std::memory_order_relaxed) & kTraceObserves) != 0;
}

struct Lane;

/// A lane of the trace for what none of this process's threads does, as the work of a device. Its spans are recorded
/// once they are over, so that tools, which hear of spans while they last, do not hear of these. Thread-safe.
class Track {
 public:
  explicit Track(std::string_view name);
  /// For the job of the calling thread; times as now_nanoseconds() has them.
  void record(SpanName name, const SpanNote& note, std::int64_t start, std::int64_t end) noexcept;

 private:
  std::string name_;
  std::mutex mutex_;
  std::shared_ptr<Lane> lane_;  ///< From the first span on.
};

/// Called by spans and gauges; nothing happens while nobody records.
void record_span(std::string_view name, const SpanNote& note, std::int64_t start, std::int64_t end) noexcept;
void record_gauge(std::string_view name, double value) noexcept;

/// The recorded events in Chrome's trace event format: complete events with their job, counter events for gauges,
/// microseconds, one lane for each thread and each track under its name.
std::string trace_json();

}  // namespace basalt::metrics
