// The options that say where a run is kept, and how often.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

#include "basalt/request.h"

namespace basalt::cli {

/// Adds --checkpoint and --checkpoint-every. `request` must outlive the command.
void add_checkpoint_options(CLI::App& command, CheckpointRequest& request);

/// Adds --checkpoint-every alone.
void add_checkpoint_interval(CLI::App& command, std::optional<double>& every_seconds);

}  // namespace basalt::cli
