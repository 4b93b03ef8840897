// basalt bench --workload patterns.
#pragma once

#include "basalt/pattern_bench.h"

namespace basalt::cli {

/// Measures, and prints a table row by row, or one JSON document.
void measure_patterns(const PatternBenchSettings& settings, bool json);

}  // namespace basalt::cli
