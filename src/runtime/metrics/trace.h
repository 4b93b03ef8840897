// Records spans and writes them as a Chrome trace, which Perfetto and chrome://tracing open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace basalt::metrics {

/// The most spans that one thread keeps; later ones are counted and dropped.
inline constexpr std::size_t kMaxSpansPerThread = std::size_t{1} << 20;

/// Starts recording, forgetting what was recorded before. One recording at a time in a process.
void start_trace();

/// Stops recording.
void stop_trace() noexcept;

/// Spans that the recording has dropped for want of room.
std::uint64_t dropped_spans() noexcept;

/// The recorded spans in Chrome's trace event format: complete events, microseconds, one lane for each thread.
std::string trace_json();

}  // namespace basalt::metrics
