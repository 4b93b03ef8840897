// basalt tune: how fast is this machine?

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "bar.h"
#include "basalt/device_tune.h"
#include "basalt/json.h"
#include "basalt/tune.h"
#include "command.h"
#include "interrupt.h"
#include "request_options.h"
#include "tune_output.h"

namespace basalt::cli {
namespace {

constexpr const char* kFooter =
    "Of the processor that is: bandwidth of caches and memory, arithmetic, what threads cost, the best distance of\n"
    "prefetches, and how many steps of a pattern's plane one visit of memory should do.\n"
    "\n"
    "With --device, a Vulkan device is measured instead: visits of a state in its memory, of 2 GiB and a\n"
    "quarter of what is free there at most; what matrices and transpositions add to them; what a stage\n"
    "costs however small the state.\n"
    "\n"
    "The figures are kept as wisdom, by a fingerprint of the processor and of what this process may use\n"
    "of it, or of the device and its driver, in basalt/wisdom.sqlite in $XDG_CACHE_HOME or ~/.cache, or in the file "
    "that BASALT_WISDOM names.\n"
    "Without wisdom, plans use the sizes of the caches and defaults. basalt run adds how long runs took\n"
    "against what was predicted (BASALT_HISTORY=off: it does not); measuring anew forgets that.\n"
    "\n"
    "A machine or device on which others work gives figures that hold for nobody: they are shown, but not recorded,\n"
    "and the exit status is 3. Stop what else is running, or give --force.\n"
    "\n"
    "Exit status: 0 done; 1 the wisdom could not be written; 2 bad usage; 3 too noisy; 130 cancelled (Ctrl-C).";

struct Options {
  bool force = false;
  bool dry_run = false;
  bool forget = false;
  std::string device;  ///< Empty: the processor.
  std::string export_file;
  std::string import_file;
};

void measure(const Options& options, Chosen& chosen) {
  TuneHooks hooks{.cancel = &interrupt_token(), .on_progress = {}};
  const bool draws = !chosen.json && isatty(STDERR_FILENO) != 0;
  if (draws) {
    hooks.on_progress = [](double fraction, std::string_view what) {
      fmt::print(stderr, "\r\x1b[K{}  {}", draw_bar(fraction), what);
      std::fflush(stderr);
    };
  }
  const TuneOptions how{.record = !options.dry_run, .force = options.force, .wisdom = {}};
  const auto show = [&](const auto& report) {
    if (draws) {
      fmt::print(stderr, "\r\x1b[K");
    }
    if (chosen.json) {
      std::cout << json_of(report) << '\n';
    } else {
      write_tune_report(report);
    }
    if (report.refusal) {
      std::cout.flush();
      std::cerr << "basalt: " << report.refusal->what() << '\n';
      chosen.status = exit_status_of(report.refusal->code());
    }
  };
  if (options.device.empty()) {
    show(tune(how, hooks));
  } else {
    show(tune_device(options.device, how, hooks));
  }
}

void forget(const std::string& device) {
  const bool known = device.empty() ? forget_wisdom(take_inventory()) : forget_device(device);
  const char* what = device.empty() ? "machine" : "device";
  std::cout << (known ? "forgot the figures of this " : "nothing was known of this ") << what << '\n';
}

std::string counted_machines(std::size_t count) {
  return fmt::format("{} machine{} or device{}", count, count == 1 ? "" : "s", count == 1 ? "" : "s");
}

void act(const Options& options, Chosen& chosen) {
  if (options.forget) {
    forget(options.device);
  } else if (!options.export_file.empty()) {
    export_wisdom(options.export_file);
  } else if (!options.import_file.empty()) {
    std::cout << fmt::format("imported the figures of {}\n", counted_machines(import_wisdom(options.import_file)));
  } else {
    measure(options, chosen);
  }
}

}  // namespace

void add_tune_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand(
      "tune", "Measure the processor or a device in about two seconds, and record the figures for plans to rely on.");
  command.footer(kFooter);
  command.add_flag("--json", chosen.json, "Print one JSON document");
  CLI::Option* force = command.add_flag("--force", options->force, "Record the figures even if the machine was noisy");
  CLI::Option* dry = command.add_flag("--dry-run", options->dry_run, "Measure, and record nothing")->excludes(force);
  CLI::Option* forget =
      command.add_flag("--forget", options->forget, "Forget this machine or device instead of measuring it")
          ->excludes(force)
          ->excludes(dry);
  CLI::Option* out =
      command.add_option("--export", options->export_file, "Write what is known of all machines and devices to a file")
          ->type_name("FILE.json")
          ->excludes(force)
          ->excludes(dry)
          ->excludes(forget);
  CLI::Option* in = command.add_option("--import", options->import_file, "Add what such a file knows")
                        ->type_name("FILE.json")
                        ->excludes(force)
                        ->excludes(dry)
                        ->excludes(forget)
                        ->excludes(out);
  add_value(command, "--device", "NAME|INDEX",
            "Measure this Vulkan device, as basalt devices lists it, by its number\nor a part of its name",
            [options](const std::string& text) { options->device = text; })
      ->excludes(out)
      ->excludes(in);
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen); }; });
}

}  // namespace basalt::cli
