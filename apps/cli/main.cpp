// The command line: reads arguments, calls the engine, turns errors into exit statuses.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <new>
#include <string_view>

#include "basalt/json.h"
#include "basalt/version.h"
#include "command.h"
#include "interrupt.h"
#include "output.h"
#include "print.h"

namespace basalt::cli {
namespace {

constexpr const char* kDescription =
    "Basalt runs quantum circuits and patterns on the hardware that is there: it plans the run, promises\n"
    "its memory before taking it, and reports what it did.";

constexpr const char* kFooter =
    "Exit status: 0 done; 1 the run failed; 2 bad usage or input; 3 refused for resources;\n"
    "130 cancelled (Ctrl-C).\n"
    "\n"
    "Environment: BASALT_THREADS and BASALT_MEMORY limit every run; NO_COLOR turns colour off.\n"
    "\n"
    "Help on one command: basalt run --help";

int report_error(const Error& error, bool json) {
  if (json) {
    std::cout << json_of(error) << '\n';
  }
  std::cerr << "basalt: " << error.what() << '\n';
  return exit_status_of(error.code());
}

/// For errors in the arguments: they may have kept --json itself from being read.
bool mentions_json(int argc, char** argv) {
  return std::find(argv, argv + argc, std::string_view("--json")) != argv + argc;
}

/// What the command line asked for; the exit status.
int act(const Chosen& chosen) {
  try {
    chosen.act();
    finish_output();
    return chosen.status;
  } catch (const Error& error) {
    return report_error(error, chosen.json);
  } catch (const std::bad_alloc&) {
    return report_error(Error(ErrorCode::out_of_resources, "memory ran out"), chosen.json);
  } catch (const std::exception& error) {
    return report_error(Error(ErrorCode::failed, error.what()), chosen.json);
  }
}

int run_command(int argc, char** argv) {
  CLI::App app(kDescription, "basalt");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("basalt ") + BASALT_VERSION);
  app.get_formatter()->column_width(34);
  Chosen chosen;
  add_run_command(app, chosen);
  add_resume_command(app, chosen);
  add_batch_command(app, chosen);
  add_worker_command(app, chosen);
  add_check_command(app, chosen);
  add_plan_command(app, chosen);
  add_devices_command(app, chosen);
  add_tune_command(app, chosen);
  add_bench_command(app, chosen);
  add_pattern_command(app, chosen);
  app.add_subcommand("version", "Print the version.")->callback([&chosen] {
    chosen.act = [] { std::cout << "basalt " << BASALT_VERSION << '\n'; };
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error, std::cout, std::cerr);
    if (status == 0) {
      return 0;
    }
    if (mentions_json(argc, argv)) {
      std::cout << json_of(Error(ErrorCode::bad_usage, error.what(), "run with --help for more information")) << '\n';
    }
    return 2;
  } catch (const Error& error) {
    return report_error(error, mentions_json(argc, argv));
  }
  const int status = act(chosen);
  if (chosen.leaves_at_once) {
    std::cout.flush();
    _exit(status);
  }
  return status;
}

}  // namespace
}  // namespace basalt::cli

int main(int argc, char** argv) {
  basalt::cli::catch_interrupts();
  return basalt::cli::run_command(argc, argv);
}
