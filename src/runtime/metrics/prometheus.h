// Metrics as Prometheus reads them: text exposition format 0.0.4, HELP and TYPE of every metric, histograms with
// cumulative buckets.
#pragma once

#include <string>
#include <vector>

#include "basalt/metrics.h"
#include "basalt/usage.h"

namespace basalt::metrics {

std::string prometheus_text(const std::vector<MetricReading>& readings);
/// What cannot be read has no line.
std::string prometheus_text(const Usage& usage);
/// Labelled by device and part.
std::string prometheus_text(const std::vector<DeviceReading>& readings);

}  // namespace basalt::metrics
