#include "batch_options.h"

#include <fmt/format.h>

#include "number.h"
#include "request_options.h"

namespace basalt::cli {
namespace {

Isolation isolation_of(const std::string& name) {
  if (name != "process" && name != "thread") {
    throw CLI::ValidationError("--isolate", "'" + name + "' is neither process nor thread");
  }
  return name == "process" ? Isolation::process : Isolation::thread;
}

}  // namespace

std::string describe(const BatchSummary& summary) {
  const BatchProgress& progress = summary.progress;
  std::string text = fmt::format("{} jobs: {} done", progress.jobs, progress.done);
  if (progress.failed > 0) {
    text += fmt::format(", {} failed", progress.failed);
  }
  if (progress.kept > 0) {
    text += fmt::format(", {} kept from before", progress.kept);
  }
  if (summary.workers > 0) {
    text += fmt::format("; {} worker{} with {} thread{} each", summary.workers, summary.workers == 1 ? "" : "s",
                        summary.threads_per_job, summary.threads_per_job == 1 ? "" : "s");
  }
  return text + fmt::format(", seed {}, {:.3g} s", summary.seed, summary.seconds);
}

void add_worker_options(CLI::App& command, BatchSettings& settings) {
  add_value(command, "--workers", "N|auto", "Jobs at a time. Default: auto, as many as cores and memory allow",
            [&](const std::string& text) { settings.workers = text == "auto" ? 0 : count_of("--workers", text); });
  add_value(command, "--isolate", "process|thread",
            "Where jobs run. process: one that crashes or hangs takes nothing\nwith it; thread: starts faster. "
            "Default: process",
            [&](const std::string& text) { settings.isolation = isolation_of(text); });
  add_value(command, "--timeout", "S", "Seconds that an attempt at a job may take. Default: no limit",
            [&](const std::string& text) { settings.timeout_seconds = seconds_of("--timeout", text); });
  add_value(command, "--retries", "N",
            "Further attempts after a crash, a timeout or lack of memory.\nErrors are not tried again. "
            "Default: 1",
            [&](const std::string& text) { settings.retries = integer_between("--retries", text, 0, 1000); });
}

}  // namespace basalt::cli
