// Nested timed spans. While nobody records, a span costs one relaxed load.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace basalt::metrics {

enum class SpanName : std::uint8_t {
#define BASALT_METRIC(id, kind, name, help)
#define BASALT_SPAN(id, name, help) id,
#include "runtime/metrics/names.def"
#undef BASALT_METRIC
#undef BASALT_SPAN
};

std::string_view name_of(SpanName name) noexcept;

/// What a span may say besides its name. `detail` must outlive the recording (a kernel id).
struct SpanNote {
  std::string_view detail;
  double bytes = 0;
};

namespace internal {
extern std::atomic<bool> recording;
std::int64_t now_nanoseconds() noexcept;
void record(SpanName name, const SpanNote& note, std::int64_t start, std::int64_t end) noexcept;
}  // namespace internal

/// Whether spans are being recorded.
inline bool recording() noexcept {
  return internal::recording.load(std::memory_order_relaxed);
}

/// Times its own lifetime.
class Span {
 public:
  explicit Span(SpanName name, SpanNote note = {}) noexcept : name_(name), note_(note) {
    if (recording()) {
      start_ = internal::now_nanoseconds();
    }
  }
  ~Span() {
    if (start_ >= 0) {
      internal::record(name_, note_, start_, internal::now_nanoseconds());
    }
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

 private:
  SpanName name_;
  SpanNote note_;
  std::int64_t start_ = -1;
};

}  // namespace basalt::metrics
