// basalt run: one circuit.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "apart.h"
#include "basalt/engine.h"
#include "basalt/json.h"
#include "command.h"
#include "interrupt.h"
#include "number.h"
#include "observation.h"
#include "output.h"
#include "pass_output.h"
#include "print.h"
#include "progress_bar.h"
#include "request_options.h"

namespace basalt::cli {
namespace {

constexpr const char* kDescription = "Run an OpenQASM 2 or 3 circuit and print counts and whatever else is asked for.";

constexpr const char* kFooter =
    "Bit strings are printed as Qiskit prints them: qubit 0 and bit 0 rightmost, classical registers\n"
    "separated by a blank, the one declared last leftmost.\n"
    "\n"
    "Measurement in the middle of a circuit splits the shots over its outcomes and goes on with each\n"
    "branch; nothing is repeated per shot. Expectation values and probabilities are exact for the state\n"
    "before its final measurements, and averages over the branches where a circuit has several.\n"
    "\n"
    "Examples:\n"
    "  basalt run bell.qasm --shots 4096 --seed 7\n"
    "  basalt run ansatz.qasm --precision double --observable \"0.5*Z0*Z1 + X3\"\n"
    "  basalt run ansatz.qasm --observable @hamiltonian.txt --set theta=pi/3\n"
    "  basalt run qft.qasm --save-state state.npy --memory 4G --json\n"
    "  basalt run qft.qasm --backend vulkan --device 0\n"
    "  basalt run qft.qasm --backend vulkan --fallback --verify 64 --isolate gpu\n"
    "  generate-circuit | basalt run - --top 10\n"
    "\n"
    "Exit status: 0 done; 1 the run failed; 2 bad usage or input; 3 refused for resources;\n"
    "130 cancelled (Ctrl-C).";

struct RunOptions {
  std::string file;
  Request request;
  std::vector<std::string> assignments;
  Observation observation;
  std::optional<std::uint64_t> spill_limit_bytes;
  bool isolate = false;
  bool passes = false;
  bool quiet = false;
};

std::string describe(const Waiting& waiting) {
  constexpr double kWorthSaying = 0.1;
  const std::string since =
      waiting.seconds < kWorthSaying ? "" : fmt::format(" (for {})", format_seconds(waiting.seconds));
  return fmt::format("waiting{}: {}{}{}", since, waiting.reason, waiting.holders.empty() ? "" : "; held by ",
                     fmt::join(waiting.holders, ", "));
}

/// `notes` are shown before those of the run.
void run_circuit(RunOptions& options, bool json, const std::vector<std::string>& notes = {}) {
  ProgressBar bar(!options.quiet);
  RunHooks hooks;
  hooks.cancel = &interrupt_token();
  if (bar.visible()) {
    hooks.on_progress = [&](const Progress& progress) { bar.show(progress); };
  }
  if (!options.quiet) {
    hooks.on_wait = [](const Waiting& waiting) { print_notes({describe(waiting)}); };
  }
  Report report;
  options.observation.around([&] {
    Engine engine({.threads = 0,
                   .memory_limit_bytes = std::nullopt,
                   .spill_limit_bytes = options.spill_limit_bytes,
                   .ledger = {}});
    report = engine.run(options.request, hooks);
  });
  bar.clear();
  report.notes.insert(report.notes.begin(), notes.begin(), notes.end());
  if (json) {
    write_json(std::cout, report);
    std::cout << '\n';
  } else {
    write_text_report(options.file, report, options.quiet);
    if (options.passes) {
      print("");
      print_passes(report.passes);
    }
  }
}

/// In a worker process, and on the CPU here where that one crashes and the request allows it.
void run_apart(RunOptions& options, Chosen& chosen) {
  if (options.request.backend == Backend::cpu) {
    throw Error(ErrorCode::bad_usage, "--isolate gpu is about devices, and the backend is cpu",
                "give --backend vulkan with it");
  }
  const Apart apart = split_off_worker();
  if (apart.is_worker) {
    chosen.leaves_at_once = true;
    run_circuit(options, chosen.json);
    return;
  }
  if (apart.signal.empty()) {
    chosen.status = apart.status;
    return;
  }
  ProgressBar::clear_line();
  const std::string what = apart.signal == "SIGKILL"
                               ? "the worker process was killed (SIGKILL)"
                               : fmt::format("the driver crashed ({}) in the worker process", apart.signal);
  if (!options.request.fall_back) {
    throw Error(ErrorCode::device_lost, what,
                "give --fallback to run on the CPU then, or --backend cpu; basalt devices shows the driver's version");
  }
  options.request.backend = Backend::cpu;
  options.request.device.clear();
  options.request.fall_back = false;
  options.request.verify = 0;
  run_circuit(options, chosen.json, {"run on the CPU, as the device failed: " + what});
}

void act(RunOptions& options, Chosen& chosen) {
  assign_inputs(options.assignments, options.request);
  options.request.source = read_program(options.file, &interrupt_token());
  if (options.isolate) {
    run_apart(options, chosen);
  } else {
    run_circuit(options, chosen.json);
  }
}

}  // namespace

void add_run_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App& command = *app.add_subcommand("run", kDescription);
  command.footer(kFooter);
  command.add_option("FILE", options->file, "OpenQASM 2 or 3 program; - reads standard input")->required();
  add_request_options(command, options->request);
  add_backend_options(command, options->request.backend, options->request.device);
  command.add_flag(
      "--fallback", options->request.fall_back,
      "With --backend vulkan: where the device fails, go on on the CPU from the\nlast checkpoint and say so; where it "
      "has too little memory, run there.\nThe state's memory is set aside on the host, too");
  add_value(
      command, "--isolate", "gpu",
      "With --backend vulkan: run in a worker process, so that a driver that crashes\nends that one only: an error "
      "says so, or --fallback runs on the CPU.\nA driver that hangs in a call is waited for until Ctrl-C, twice",
      [options](const std::string& text) {
        if (text != "gpu") {
          throw CLI::ValidationError("--isolate", "'" + text + "' is not gpu");
        }
        options->isolate = true;
      });
  add_value(
      command, "--verify", "N",
      "With --backend vulkan: have the CPU compute up to N tiles of the state again\nin double precision (1 to 4096; "
      "drawn by the seed, spread over the stages)\nand end the run where the device is wrong",
      [options](const std::string& text) {
        options->request.verify = integer_between("--verify", text, 1, kMaxVerify);
      });
  add_value(command, "--save-state", "FILE.npy",
            "Write the final state vector, before final measurements, to a NumPy file",
            [options](const std::string& text) { options->request.save_state = text; });
  add_input_option(command, options->assignments);
  add_value(command, "--priority", "P", "Who goes first where jobs share this machine: -10 (last) to 10.\nDefault: 0",
            [options](const std::string& text) {
              options->request.priority = integer_between("--priority", text, kLowestPriority, kHighestPriority);
            });
  add_value(command, "--spill-limit", "LIMIT",
            "Most disk space for states that wait while others run; 0: none.\nDefault: what basalt devices shows",
            [options](const std::string& text) { options->spill_limit_bytes = parse_bytes(text, "--spill-limit"); });
  add_passes_flag(command, options->passes);
  options->observation.add_options(command);
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.add_flag("--quiet", options->quiet, "Print results only: no notes, no summary, no progress");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen); }; });
}

}  // namespace basalt::cli
