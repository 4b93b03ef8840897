// The metrics as Prometheus reads them.
#pragma once

#include <string>
#include <vector>

#include "runtime/metrics/metrics.h"

namespace basalt::metrics {

/// Text exposition format 0.0.4: HELP and TYPE of every metric, histograms with cumulative buckets.
std::string prometheus_text(const std::vector<Reading>& readings);

}  // namespace basalt::metrics
