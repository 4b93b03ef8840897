// The recorded events, a lane for each thread and each track.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "runtime/metrics/span.h"

namespace basalt::metrics {

struct Event {
  enum class Kind : std::uint8_t { span, gauge };
  Kind kind;
  std::string_view name;
  std::string_view detail;  ///< Of a span.
  double value;             ///< Of a gauge; of a span the bytes.
  std::uint64_t job;        ///< 0: none.
  std::int64_t start;
  std::int64_t end;
};

using ThreadName = std::array<char, 32>;

/// The events of one thread or track. Of a thread only itself writes: the mutex is for who reads while it still runs.
struct Lane {
  std::mutex mutex;
  ThreadName name{};  ///< Empty: the thread was never given one.
  std::vector<Event> events;
  std::uint64_t dropped = 0;
};

/// All lanes, also those of threads that have ended since the recording began.
std::vector<std::shared_ptr<Lane>> all_lanes();

}  // namespace basalt::metrics
