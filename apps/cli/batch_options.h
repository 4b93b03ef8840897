// What commands that run batches have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "basalt/batch.h"

namespace basalt::cli {

/// How jobs are run: --workers, --isolate, --timeout and --retries. `settings` must outlive the command.
void add_worker_options(CLI::App& command, BatchSettings& settings);

/// "6 jobs: 6 done; 2 workers with 1 thread each, seed 7, 0.114 s"
std::string describe(const BatchSummary& summary);

}  // namespace basalt::cli
