#include "runtime/metrics/span.h"

#include <chrono>

#include "runtime/metrics/tools.h"
#include "runtime/metrics/trace.h"

namespace basalt::metrics {

std::atomic<unsigned> observers{0};

std::int64_t now_nanoseconds() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void tell_gauge_observers(std::string_view name, double value) noexcept {
  record_gauge(name, value);
  tell_tools_gauge(name, value);
}

}  // namespace basalt::metrics

namespace basalt {

void Span::begin() noexcept {
  id_ = metrics::tell_tools_begin(name_, detail_, bytes_);
  start_nanoseconds_ = metrics::now_nanoseconds();
}

void Span::end() noexcept {
  metrics::record_span(name_, {detail_, bytes_}, start_nanoseconds_, metrics::now_nanoseconds());
  if (id_ != 0) {
    metrics::tell_tools_end(id_);
  }
}

}  // namespace basalt
