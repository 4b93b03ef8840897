// The built-in spans, and who listens to spans and gauges: a trace, tools. While nobody does, both cost one relaxed
// load.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "basalt/metrics.h"

namespace basalt::metrics {

/// The bits of `observers`.
inline constexpr unsigned kTraceObserves = 1;
inline constexpr unsigned kToolsObserve = 2;

enum class SpanName : std::uint8_t {
#define BASALT_SPAN(id, name, help) id,
#include "runtime/metrics/names.def"
};

constexpr std::string_view name_of(SpanName name) noexcept {
  constexpr std::string_view kNames[] = {
#define BASALT_SPAN(id, name, help) name,
#include "runtime/metrics/names.def"
  };
  return kNames[static_cast<std::size_t>(name)];
}

/// What a span may say besides its name. `detail` must outlive the recording (a kernel id).
struct SpanNote {
  std::string_view detail;
  double bytes = 0;
};

/// Times its own lifetime.
class Span : public basalt::Span {
 public:
  explicit Span(SpanName name, const SpanNote& note = {}) noexcept
      : basalt::Span(name_of(name), note.detail, note.bytes) {}
};

std::int64_t now_nanoseconds() noexcept;

/// Tells a gauge's new value to whoever listens.
void tell_gauge_observers(std::string_view name, double value) noexcept;
inline void tell_gauge(std::string_view name, double value) noexcept {
  if (observers.load(std::memory_order_relaxed) != 0) {
    tell_gauge_observers(name, value);
  }
}

}  // namespace basalt::metrics
