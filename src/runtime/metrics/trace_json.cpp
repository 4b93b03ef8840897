// The recorded events as Chrome's trace event format.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "runtime/metrics/json_text.h"
#include "runtime/metrics/lanes.h"
#include "runtime/metrics/trace.h"

namespace basalt::metrics {
namespace {

/// Appends events, one a line, each with what all of them have: phase, process, lane.
class EventList {
 public:
  template <typename... Arguments>
  void add(std::size_t lane, char phase, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(R"({}{{"ph":"{}","pid":{},"tid":{},)", text_.empty() ? "\n" : ",\n", phase, process_, lane);
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
    text_ += '}';
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  int process_ = static_cast<int>(::getpid());
  std::string text_;
};

double microseconds(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e3;
}

std::string arguments_of(const Event& span) {
  std::string text;
  if (span.value > 0 && std::isfinite(span.value)) {
    text += fmt::format(R"("bytes":{:.0f})", span.value);
  }
  if (span.job != 0) {
    text += fmt::format(R"({}"job":{})", text.empty() ? "" : ",", span.job);
  }
  return text;
}

void add_event(EventList& list, std::size_t lane, const Event& event, std::int64_t origin) {
  const double start = microseconds(event.start - origin);
  const std::string name = json_string(event.name);
  if (event.kind == Event::Kind::gauge) {
    list.add(lane, 'C', R"("name":{},"ts":{:.3f},"args":{{"value":{}}})", name, start, event.value);
    return;
  }
  list.add(lane, 'X', R"("name":{},"cat":{},"ts":{:.3f},"dur":{:.3f},"args":{{{}}})",
           event.detail.empty() ? name : json_string(event.detail), name, start, microseconds(event.end - event.start),
           arguments_of(event));
}

std::int64_t first_start(const std::vector<std::shared_ptr<Lane>>& lanes) {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const auto& lane : lanes) {
    const std::scoped_lock lock(lane->mutex);
    for (const Event& event : lane->events) {
      first = std::min(first, event.start);
    }
  }
  return first;
}

}  // namespace

std::string trace_json() {
  const std::vector<std::shared_ptr<Lane>> lanes = all_lanes();
  const std::int64_t origin = first_start(lanes);
  std::uint64_t dropped = 0;
  EventList list;
  list.add(0, 'M', R"("name":"process_name","args":{{"name":"basalt"}})");
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    Lane& lane = *lanes[i];
    const std::scoped_lock lock(lane.mutex);
    const std::string_view name = lane.name.data();
    list.add(i, 'M', R"("name":"thread_name","args":{{"name":{}}})",
             json_string(name.empty() ? fmt::format("thread {}", i) : name));
    for (const Event& event : lane.events) {
      add_event(list, i, event, origin);
    }
    dropped += lane.dropped;
  }
  return fmt::format(R"({{"displayTimeUnit":"ms","otherData":{{"dropped_events":{}}},"traceEvents":[{}{})", dropped,
                     list.text(), "\n]}\n");
}

}  // namespace basalt::metrics
