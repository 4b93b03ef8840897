// basalt batch: many circuits, or many sets of inputs.

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "basalt/batch.h"
#include "basalt/ledger.h"
#include "batch_line.h"
#include "batch_options.h"
#include "command.h"
#include "interrupt.h"
#include "number.h"
#include "observation.h"
#include "print.h"
#include "request_options.h"

namespace basalt::cli {
namespace {

constexpr const char* kDescription = "Run many circuits, or one circuit with many sets of inputs, several at a time.";

constexpr const char* kFooter =
    "A FILE is a circuit, a folder with circuits below it (*.qasm), or a list of jobs: a .jsonl file\n"
    "with one JSON object a line. Its keys, all but the circuit optional:\n"
    "  \"id\": \"a\"                      name of the job, unique in the batch\n"
    "  \"file\": \"bell.qasm\"            the circuit, relative to the .jsonl file; or\n"
    "  \"source\": \"OPENQASM 3; ...\"    its text; or\n"
    "  \"pattern\": \"model = ...\"       a pattern as TOML, in place of a circuit\n"
    "  \"inputs\": {\"theta\": \"pi/2\"}    values of input variables\n"
    "  \"shots\", \"seed\", \"precision\", \"observables\": [], \"probabilities\": [], \"top\", \"threads\",\n"
    "  \"memory\", \"timeout\", \"priority\" as the options of the same names, which hold for all other jobs.\n"
    "The whole list is checked before anything runs.\n"
    "\n"
    "Every job leaves one line of JSON as it ends: \"index\", \"id\", \"status\" (done, failed, crashed,\n"
    "timed_out, out_of_memory), \"attempts\", \"seconds\", and the \"report\" of basalt run --json or an\n"
    "\"error\". Results are the same on any number of workers: seeds come from the batch's seed and\n"
    "the job's place.\n"
    "\n"
    "With --output a batch can be killed at any moment, even with kill -9, and resumed: the same\n"
    "command with --resume keeps every result and runs what has none, failed jobs included.\n"
    "\n"
    "Examples:\n"
    "  basalt batch circuits/ --shots 4096 --output results.jsonl\n"
    "  basalt batch jobs.jsonl --output results.jsonl --timeout 60 --resume\n"
    "  basalt batch ansatz.qasm --sweep angles.csv --observable \"Z0*Z1\" --seed 7\n"
    "\n"
    "Exit status: 0 all jobs done; 1 some failed; 2 bad usage or input; 130 cancelled (Ctrl-C).";

struct BatchOptions {
  std::vector<std::string> paths;
  std::string sweep;
  Request request;
  BatchSettings settings;
  Observation observation;
  bool quiet = false;
};

std::vector<BatchJob> read_jobs(const BatchOptions& options) {
  if (options.sweep.empty()) {
    return read_batch(options.paths, options.request);
  }
  if (options.paths.size() != 1 || std::filesystem::path(options.paths[0]).extension() == ".jsonl") {
    throw Error(ErrorCode::bad_usage, "--sweep needs one circuit",
                "for example: basalt batch ansatz.qasm --sweep angles.csv");
  }
  return read_sweep(options.paths[0], options.sweep, options.request);
}

void run_jobs(BatchOptions& options, Chosen& chosen) {
  options.settings.seed = std::exchange(options.request.seed, std::nullopt);
  const std::vector<BatchJob> jobs = read_jobs(options);
  BatchSummary summary;
  {
    BatchLine live(!options.quiet);
    BatchHooks hooks{.cancel = &interrupt_token(), .on_line = {}, .on_progress = [&](const BatchProgress& progress) {
                       live.show(progress);
                     }};
    if (options.settings.output.empty()) {
      hooks.on_line = [&](std::string_view line) {
        live.above([&] { std::cout << line << '\n'; });
        finish_output();
      };
    }
    options.observation.around([&] { summary = run_batch(jobs, options.settings, hooks); });
  }
  if (!options.quiet) {
    std::cerr << describe(summary) << '\n';
  }
  chosen.status = summary.progress.failed > 0 ? 1 : 0;
}

}  // namespace

void add_batch_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<BatchOptions>();
  CLI::App& command = *app.add_subcommand("batch", kDescription);
  command.footer(kFooter);
  command.add_option("FILE", options->paths, "Circuits, folders of circuits, lists of jobs (.jsonl)")->required();
  add_value(command, "--sweep", "PARAMS.csv",
            "Run one circuit for every row of this table, whose first row\nnames the circuit's inputs",
            [options](const std::string& text) { options->sweep = text; });
  add_worker_options(command, options->settings);
  add_value(command, "--priority", "P", "Jobs with higher ones go first (-10 to 10). Default: 0",
            [options](const std::string& text) {
              options->settings.priority = integer_between("--priority", text, kLowestPriority, kHighestPriority);
            });
  add_value(command, "--output", "OUT.jsonl", "Append the results to this file. Default: standard output",
            [options](const std::string& text) { options->settings.output = text; });
  command.add_flag("--resume", options->settings.resume, "Keep the results that --output has, and run the other jobs")
      ->needs("--output");
  add_request_options(command, options->request);
  options->observation.add_options(command);
  command.add_flag("--quiet", options->quiet, "No live line, no summary");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { run_jobs(*options, chosen); }; });
}

}  // namespace basalt::cli
