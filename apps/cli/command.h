// The subcommands. Each adds itself to the application; parsing picks one and leaves in `Chosen` what it is to do.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace basalt::cli {

/// What the command line asks for, known once it is parsed.
struct Chosen {
  std::function<void()> act;    ///< Throws Error.
  bool json = false;            ///< Errors, too, are wanted as JSON.
  int status = 0;               ///< Exit status once it is done; set by what acts.
  bool leaves_at_once = false;  ///< The process ends without its destructors: a driver may crash even in those.
};

// `chosen` must outlive the application.
void add_run_command(CLI::App& app, Chosen& chosen);
void add_resume_command(CLI::App& app, Chosen& chosen);
void add_batch_command(CLI::App& app, Chosen& chosen);
void add_worker_command(CLI::App& app, Chosen& chosen);
void add_check_command(CLI::App& app, Chosen& chosen);
void add_plan_command(CLI::App& app, Chosen& chosen);
void add_devices_command(CLI::App& app, Chosen& chosen);
void add_tune_command(CLI::App& app, Chosen& chosen);
void add_bench_command(CLI::App& app, Chosen& chosen);
void add_pattern_command(CLI::App& app, Chosen& chosen);

}  // namespace basalt::cli
