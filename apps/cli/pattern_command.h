// The subcommands of basalt pattern.
#pragma once

#include "command.h"

namespace basalt::cli {

// `chosen` must outlive the application.
void add_pattern_run_command(CLI::App& pattern, Chosen& chosen);
void add_pattern_sweep_command(CLI::App& pattern, Chosen& chosen);
void add_pattern_analyse_command(CLI::App& pattern, Chosen& chosen);
void add_pattern_models_command(CLI::App& pattern, Chosen& chosen);

}  // namespace basalt::cli
