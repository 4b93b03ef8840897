#include "runtime/metrics/prometheus.h"

#include <fmt/format.h>

namespace basalt::metrics {
namespace {

std::string_view type_of(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return "counter";
    case Kind::gauge:
      return "gauge";
    case Kind::histogram:
      return "histogram";
  }
  return "untyped";
}

void write_histogram(std::string& text, const Reading& reading) {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kBucketBounds.size(); ++i) {
    below += reading.buckets[i];
    text += fmt::format("{}_bucket{{le=\"{:g}\"}} {}\n", reading.row.name, kBucketBounds[i], below);
  }
  text += fmt::format("{}_bucket{{le=\"+Inf\"}} {}\n", reading.row.name, below + reading.buckets.back());
  text += fmt::format("{}_sum {}\n{}_count {}\n", reading.row.name, reading.value, reading.row.name, reading.count);
}

}  // namespace

std::string prometheus_text(const std::vector<Reading>& readings) {
  std::string text;
  for (const Reading& reading : readings) {
    text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", reading.row.name, reading.row.help, reading.row.name,
                        type_of(reading.row.kind));
    if (reading.row.kind == Kind::histogram) {
      write_histogram(text, reading);
    } else {
      text += fmt::format("{} {}\n", reading.row.name, reading.value);
    }
  }
  return text;
}

}  // namespace basalt::metrics
