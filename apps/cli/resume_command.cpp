// basalt resume: goes on with a run that was kept on disk.

#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "basalt/checkpoint.h"
#include "basalt/inventory.h"
#include "checkpoint_options.h"
#include "command.h"
#include "number.h"
#include "print.h"
#include "request_options.h"
#include "run_circuit.h"
#include "run_pattern.h"

namespace basalt::cli {
namespace {

constexpr const char* kDescription =
    "Go on with a run that --checkpoint keeps on disk, to the result that it would have had.";

constexpr const char* kFooter =
    "The folder holds all of the run: its program, what it includes, options, seed, and results so far. (Of a\n"
    "pattern, files of parameters that vary in space are read again, and must not have changed.)\n"
    "It goes on from the latest checkpoint that is whole, on as many threads as there are now, and with\n"
    "--backend elsewhere than where it began. Counts are those of a run that was not interrupted; amplitudes\n"
    "too, to the last bit where backend, threads and tuning are the same, and to rounding elsewhere. (CPU and\n"
    "GPU draw shots in an order of their own.)\n"
    "A run that is done prints the result that it left in the folder, as JSON.\n"
    "\n"
    "Examples:\n"
    "  basalt run qft.qasm --checkpoint qft.run --checkpoint-every 10m\n"
    "  basalt resume qft.run\n"
    "  basalt resume qft.run --backend cpu --threads 8 --json";

struct ResumeOptions {
  std::string folder;
  RunView view;
  std::optional<int> threads;
  std::optional<std::uint64_t> memory_limit_bytes;
  Backend backend = Backend::automatic;  ///< As it was.
  std::string device;
  std::optional<double> every_seconds;
};

/// What may be different now, of a circuit or a pattern.
template <typename AnyRequest>
void change(AnyRequest& request, const ResumeOptions& options) {
  if (options.threads) {
    request.threads = *options.threads;
  }
  if (options.memory_limit_bytes) {
    request.memory_limit_bytes = options.memory_limit_bytes;
  }
  if (options.every_seconds) {
    request.checkpoint.every_seconds = options.every_seconds;
  }
  if (!options.device.empty()) {
    request.backend = Backend::vulkan;
    request.device = options.device;
  }
  if (options.backend == Backend::cpu) {
    request.device = options.device;
  }
  if (options.backend != Backend::automatic) {
    request.backend = options.backend;
  }
}

void act(ResumeOptions& options, bool json) {
  KeptRun run = find_run(options.folder);
  if (run.result) {
    if (!options.view.quiet) {
      print_notes({fmt::format("the run in '{}' is done: this is its result", options.folder)});
    }
    std::cout << *run.result;
    return;
  }
  if (run.pattern) {
    if (options.view.passes || options.view.spill_limit_bytes) {
      throw Error(ErrorCode::bad_usage, "--passes and --spill-limit are of circuits, and this is a pattern",
                  "leave them out");
    }
    change(*run.pattern, options);
    run_pattern(*run.pattern, {.observation = options.view.observation, .quiet = options.view.quiet}, json);
    return;
  }
  change(run.request, options);
  run.request.fall_back = run.request.fall_back && options.backend != Backend::cpu;
  options.view.file = run.request.source.name;
  run_circuit(run.request, options.view, json);
}

}  // namespace

void add_resume_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<ResumeOptions>();
  CLI::App& command = *app.add_subcommand("resume", kDescription);
  command.footer(kFooter);
  command.add_option("FOLDER", options->folder, "What --checkpoint named")->required();
  add_value(command, "--threads", "N", "Threads to use. Default: as the run was given, else all",
            [options](const std::string& text) { options->threads = count_of("--threads", text); });
  add_value(command, "--memory", "LIMIT", "Most memory to use. Default: as the run was given, else what is free",
            [options](const std::string& text) { options->memory_limit_bytes = parse_bytes(text, "--memory"); });
  add_value(command, "--backend", "cpu|vulkan", "Where the run goes on. Default: where it was",
            [options](const std::string& text) { options->backend = backend_of(text, /*may_choose=*/false); });
  add_value(command, "--device", "NAME|INDEX", "With --backend vulkan: the device. Default: the one it was on",
            [options](const std::string& text) { options->device = text; });
  add_checkpoint_interval(command, options->every_seconds);
  add_view_options(command, options->view);
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen.json); }; });
}

}  // namespace basalt::cli
