// Traces and metrics to files.

#include "basalt/metrics.h"
#include "basalt/usage.h"
#include "base/atomic_file.h"
#include "runtime/metrics/prometheus.h"
#include "runtime/metrics/trace.h"

namespace basalt {
namespace {

void write_text(const std::string& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text.data(), text.size());
  file.commit();
}

}  // namespace

void start_trace() {
  metrics::start_recording();
}

void write_trace(const std::string& path) {
  metrics::stop_recording();
  write_text(path, metrics::trace_json());
}

void write_metrics(const std::string& path) {
  write_text(path, metrics::prometheus_text(read_metrics()) + metrics::prometheus_text(take_usage()) +
                       metrics::prometheus_text(ProcessorMonitor().read()));
}

}  // namespace basalt
