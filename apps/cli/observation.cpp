#include "observation.h"

#include "basalt/error.h"
#include "basalt/error_log.h"
#include "basalt/metrics.h"
#include "request_options.h"

namespace basalt::cli {

void Observation::add_options(CLI::App& command) {
  add_value(command, "--trace", "FILE.json", "Write where the time went, for Perfetto or chrome://tracing",
            [this](const std::string& text) { trace_file_ = text; });
  add_value(command, "--metrics-file", "FILE", "Write counters and gauges as Prometheus text",
            [this](const std::string& text) { metrics_file_ = text; });
  add_value(command, "--log", "FILE", "Append every error to this file, one JSON object a line",
            [this](const std::string& text) { log_file_ = text; });
}

void Observation::around(const std::function<void()>& work) const {
  if (!trace_file_.empty()) {
    start_trace();
  }
  if (!log_file_.empty()) {
    set_error_log(log_file_);
  }
  try {
    work();
  } catch (const Error&) {
    write_files();
    throw;
  }
  write_files();
}

void Observation::write_files() const {
  if (!trace_file_.empty()) {
    write_trace(trace_file_);
  }
  if (!metrics_file_.empty()) {
    write_metrics(metrics_file_);
  }
}

}  // namespace basalt::cli
