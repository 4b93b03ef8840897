// What a process did, for people and other programs to read: metrics, timed spans, traces. Programs may add their own
// metrics and spans next to the built-in ones; all of them are thread-safe and cost next to nothing while nobody
// listens (docs/runtime/metrics.md).
//
//   static const basalt::Counter images("myprogram_images_total", "Images that were rendered");
//   images.add();
//   const basalt::Span span("render", "first pass");
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace basalt {

namespace metrics {
struct Cell;
/// Who listens to spans and gauges, a bit each; 0 while nobody does.
extern std::atomic<unsigned> observers;
}  // namespace metrics

enum class MetricKind : std::uint8_t {
  counter,    ///< Only grows.
  gauge,      ///< Goes up and down.
  histogram,  ///< Durations, counted in buckets.
};

/// Counts what happened. Handles are cheap to copy and never become invalid; the same name gives the same counter.
class Counter {
 public:
  /// `name` follows the rules of Prometheus and ends with "_total"; "basalt_" is kept for built-in metrics. Throws
  /// Error(bad_usage) for another name and for one that is taken by another kind of metric.
  Counter(std::string_view name, std::string_view help);
  void add(std::uint64_t amount = 1) const noexcept;
  [[nodiscard]] std::uint64_t value() const noexcept;

 private:
  metrics::Cell* cell_;
};

/// A level, in the unit that its name ends with (_bytes, _seconds). Every change shows in a trace.
class Gauge {
 public:
  /// As Counter, but without "_total".
  Gauge(std::string_view name, std::string_view help);
  void set(double value) const noexcept;
  void move(double change) const noexcept;
  [[nodiscard]] double value() const noexcept;

 private:
  metrics::Cell* cell_;
};

/// Upper bounds of the buckets of histograms in seconds; one more bucket takes the rest.
inline constexpr std::array<double, 10> kBucketBounds = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000};

/// Durations by powers of ten.
class Histogram {
 public:
  /// As Gauge; the name should end with "_seconds".
  Histogram(std::string_view name, std::string_view help);
  void observe(double seconds) const noexcept;

 private:
  metrics::Cell* cell_;
};

/// One metric as it stands.
struct MetricReading {
  std::string name;
  std::string help;
  MetricKind kind = MetricKind::counter;
  double value = 0;         ///< Of a counter or gauge; for a histogram the sum of its observations.
  std::uint64_t count = 0;  ///< Observations of a histogram.
  std::array<std::uint64_t, kBucketBounds.size() + 1> buckets{};  ///< Of a histogram; not cumulative.
};

/// Every metric: the built-in ones, then the program's own in the order of their making.
std::vector<MetricReading> read_metrics();

/// Writes all metrics, and what the process uses (basalt/usage.h), as Prometheus text, aside and renamed. Throws
/// Error(io).
void write_metrics(const std::string& path);

/// Times its own lifetime for traces and tools. While nobody listens it costs one relaxed load. The texts must outlive
/// the recording: string literals.
class Span {
 public:
  explicit Span(std::string_view name, std::string_view detail = {}, double bytes = 0) noexcept
      : name_(name), detail_(detail), bytes_(bytes) {
    if (metrics::observers.load(std::memory_order_relaxed) != 0) {
      begin();
    }
  }
  ~Span() {
    if (start_nanoseconds_ >= 0) {
      end();
    }
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

 private:
  void begin() noexcept;
  void end() noexcept;

  std::string_view name_;
  std::string_view detail_;
  double bytes_;
  std::int64_t start_nanoseconds_ = -1;  ///< Negative: nobody listened when the span began.
  std::uint64_t id_ = 0;                 ///< Tools know the span by it; 0: no tool was told.
};

/// Gives the calling thread a name in traces.
void name_this_thread(std::string_view name);

/// Records spans and gauges of everything that runs from here on, forgetting what was recorded before.
void start_trace();

/// Stops recording and writes a Chrome trace (Perfetto, chrome://tracing), aside and renamed. Throws Error(io).
void write_trace(const std::string& path);

/// Loads the tools that BASALT_TOOL lists (basalt/tool.h), on the first call in a process; each call returns the same
/// notes about libraries that could not be used. Never fails.
const std::vector<std::string>& load_tools();

}  // namespace basalt
