// The beginning and the end of every job: it is counted, its failure is logged, and what it held is given back.
#pragma once

#include <new>
#include <string>
#include <string_view>

#include "basalt/error_log.h"
#include "engine/resources.h"
#include "engine/run.h"
#include "runtime/metrics/metrics.h"

namespace basalt {

/// What job() returns. `name` is the job's and `kind` what it is, for the log. Throws Error; never std::bad_alloc.
template <typename Job>
auto conduct(Resources& resources, const std::string& name, std::string_view kind, const Job& job) {
  const auto note_failure = [&](const Error& error) noexcept {
    metrics::add(metrics::Metric::jobs_failed);
    log_error(error, name, kind);
    resources.job_ended();
  };
  metrics::add(metrics::Metric::jobs);
  try {
    auto report = job();
    resources.job_ended();
    return report;
  } catch (const std::bad_alloc&) {
    note_failure(out_of_memory());
    throw out_of_memory();
  } catch (const Error& error) {
    note_failure(error);
    throw;
  }
}

}  // namespace basalt
