#include "runtime/metrics/prometheus.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

namespace basalt::metrics {
namespace {

std::string_view type_of(MetricKind kind) {
  constexpr std::string_view kTypes[] = {"counter", "gauge", "histogram"};
  return kTypes[static_cast<std::size_t>(kind)];
}

/// Escapes what the format gives a meaning: quotes only in labels.
std::string escape(std::string_view text, bool label) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || (label && c == '"')) {
      escaped += '\\';
    }
    escaped += c;
  }
  return escaped;
}

std::string header(std::string_view name, std::string_view help, MetricKind kind) {
  return fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escape(help, false), name, type_of(kind));
}

std::string histogram_lines(const MetricReading& reading) {
  std::string text;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kBucketBounds.size(); ++i) {
    below += reading.buckets[i];
    text += fmt::format("{}_bucket{{le=\"{:g}\"}} {}\n", reading.name, kBucketBounds[i], below);
  }
  text += fmt::format("{}_bucket{{le=\"+Inf\"}} {}\n", reading.name, below + reading.buckets.back());
  text += fmt::format("{}_sum {}\n{}_count {}\n", reading.name, reading.value, reading.name, reading.count);
  return text;
}

}  // namespace

std::string prometheus_text(const std::vector<MetricReading>& readings) {
  std::string text;
  for (const MetricReading& reading : readings) {
    text += header(reading.name, reading.help, reading.kind);
    text += reading.kind == MetricKind::histogram ? histogram_lines(reading)
                                                  : fmt::format("{} {}\n", reading.name, reading.value);
  }
  return text;
}

std::string prometheus_text(const Usage& usage) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view help, MetricKind kind, std::optional<double> value) {
    if (value) {
      text += header(name, help, kind) + fmt::format("{} {}\n", name, *value);
    }
  };
#define BASALT_USAGE(field, kind, name, help) add(name, help, MetricKind::kind, usage.field);
#include "runtime/metrics/names.def"
  return text;
}

std::string prometheus_text(const std::vector<DeviceReading>& readings) {
  std::string text;
  const auto add = [&](DeviceReading::Quantity quantity, std::string_view name, std::string_view help) {
    std::string lines;
    for (const DeviceReading& reading : readings) {
      if (reading.quantity == quantity) {
        lines += fmt::format("{}{{device=\"{}\",part=\"{}\"}} {}\n", name, escape(reading.device, true),
                             escape(reading.part, true), reading.value);
      }
    }
    if (!lines.empty()) {
      text += header(name, help, MetricKind::gauge) + lines;
    }
  };
#define BASALT_SENSOR(id, name, help) add(DeviceReading::Quantity::id, name, help);
#include "runtime/metrics/names.def"
  return text;
}

}  // namespace basalt::metrics
