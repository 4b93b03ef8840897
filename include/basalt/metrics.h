// What the process did, for other programs to read: traces and metrics.
#pragma once

#include <string>

namespace basalt {

/// Records spans of everything that runs from here on, forgetting what was recorded before.
void start_trace();

/// Stops recording and writes a Chrome trace (Perfetto, chrome://tracing), aside and renamed. Throws Error(io).
void write_trace(const std::string& path);

/// Writes the metrics of the process so far as Prometheus text, aside and renamed. Throws Error(io).
void write_metrics(const std::string& path);

}  // namespace basalt
