// Records spans and gauges and writes them as a Chrome trace, which Perfetto and chrome://tracing open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/metrics/span.h"

namespace basalt::metrics {

/// The most events that one thread keeps; later ones are counted and dropped.
inline constexpr std::size_t kMaxEventsPerThread = std::size_t{1} << 20;

/// Starts recording, forgetting what was recorded before. One recording at a time in a process.
void start_recording();

/// Stops recording.
void stop_recording() noexcept;

/// Events that the recording has dropped for want of room.
std::uint64_t dropped_events() noexcept;

/// Called by spans and gauges; nothing happens while nobody records.
void record_span(std::string_view name, const SpanNote& note, std::int64_t start, std::int64_t end) noexcept;
void record_gauge(std::string_view name, double value) noexcept;

/// The recorded events in Chrome's trace event format: complete events with their job, counter events for gauges,
/// microseconds, one lane for each thread under its name.
std::string trace_json();

}  // namespace basalt::metrics
