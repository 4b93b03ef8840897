// The options that say where a run is kept, and how often; and what is said of it afterwards.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "basalt/report.h"
#include "basalt/request.h"

namespace basalt::cli {

/// Adds --checkpoint and --checkpoint-every. `request` must outlive the command.
void add_checkpoint_options(CLI::App& command, CheckpointRequest& request);

/// Adds --checkpoint-every alone.
void add_checkpoint_interval(CLI::App& command, std::optional<double>& every_seconds);

/// A line for the summary of a run that took so long.
std::string describe_checkpoints(const CheckpointReport& checkpoints, double total_seconds);

}  // namespace basalt::cli
