// basalt run: one circuit.

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "apart.h"
#include "basalt/checkpoint.h"
#include "basalt/engine.h"
#include "checkpoint_options.h"
#include "command.h"
#include "interrupt.h"
#include "number.h"
#include "progress_bar.h"
#include "request_options.h"
#include "run_circuit.h"

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
    "  basalt run qft.qasm --checkpoint qft.run   (and after a crash: basalt resume qft.run)\n"
    "  generate-circuit | basalt run - --top 10\n"
    "\n"
    "Exit status: 0 done; 1 the run failed; 2 bad usage or input; 3 refused for resources;\n"
    "130 cancelled (Ctrl-C).";

/// That one call of a driver may take. Some take long, such as those that make pipelines, but not so long.
constexpr double kHangSeconds = 120;

struct RunOptions {
  RunView view;
  Request request;
  std::vector<std::string> assignments;
  bool isolate = false;
  double hang_seconds = kHangSeconds;
};

/// What became of a worker that has not ended by itself.
std::string describe_end(const Apart& apart, double hang_seconds) {
  if (apart.hung) {
    return fmt::format("the driver hangs: a call did not return within {:g} s, and the worker process was killed",
                       hang_seconds);
  }
  return apart.signal == "SIGKILL" ? "the worker process was killed (SIGKILL)"
                                   : fmt::format("the driver crashed ({}) in the worker process", apart.signal);
}

/// In a worker process, and on the CPU here where that one crashes or hangs and the request allows it.
void run_apart(RunOptions& options, Chosen& chosen) {
  if (options.request.backend == Backend::cpu) {
    throw Error(ErrorCode::bad_usage, "--isolate gpu is about devices, and the backend is cpu",
                "give --backend vulkan with it");
  }
  const Apart apart = split_off_worker(options.hang_seconds);
  if (apart.is_worker) {
    chosen.leaves_at_once = true;
    run_circuit(options.request, options.view, chosen.json);
    return;
  }
  if (apart.signal.empty()) {
    chosen.status = apart.status;
    return;
  }
  ProgressBar::clear_line();
  const std::string what = describe_end(apart, options.hang_seconds);
  if (!options.request.fall_back) {
    throw Error(ErrorCode::device_lost, what,
                "give --fallback to run on the CPU then, or --backend cpu; basalt devices shows the driver's version");
  }
  options.request.backend = Backend::cpu;
  options.request.device.clear();
  options.request.fall_back = false;
  options.request.verify = 0;
  options.request.checkpoint.resume = options.request.checkpoint.resume || is_kept(options.request.checkpoint.folder);
  run_circuit(options.request, options.view, chosen.json, {"run on the CPU, as the device failed: " + what});
}

void act(RunOptions& options, Chosen& chosen) {
  assign_inputs(options.assignments, options.request);
  options.request.source = read_program(options.view.file, &interrupt_token());
  if (options.isolate) {
    run_apart(options, chosen);
  } else {
    run_circuit(options.request, options.view, chosen.json);
  }
}

}  // namespace

void add_run_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App& command = *app.add_subcommand("run", kDescription);
  command.footer(kFooter);
  command.add_option("FILE", options->view.file, "OpenQASM 2 or 3 program; - reads standard input")->required();
  add_request_options(command, options->request);
  add_method_option(command, options->request.method);
  add_backend_options(command, options->request.backend, options->request.device);
  command.add_flag(
      "--fallback", options->request.fall_back,
      "With --backend vulkan: where the device fails, go on on the CPU from the\nlast checkpoint and say so; where it "
      "has too little memory, run there.\nThe state's memory is set aside on the host, too");
  add_value(
      command, "--isolate", "gpu",
      "With --backend vulkan: run in a worker process, so that a driver that crashes\nor hangs ends that one only: "
      "an error says so, or --fallback runs on the CPU",
      [options](const std::string& text) {
        if (text != "gpu") {
          throw CLI::ValidationError("--isolate", "'" + text + "' is not gpu");
        }
        options->isolate = true;
      });
  add_value(command, "--hang-limit", "TIME",
            "With --isolate gpu: how long one call of the driver may take (90s, 10m) until the\nworker is killed. "
            "Default: 120s",
            [options](const std::string& text) { options->hang_seconds = duration_of("--hang-limit", text); });
  add_value(
      command, "--verify", "N",
      "Compute up to N tiles of the state again, by plain loops in double precision\n(1 to 4096; drawn by the seed, "
      "spread over the stages), and end the run where\nthe device, or the CPU, is wrong",
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
  add_checkpoint_options(command, options->request.checkpoint);
  add_view_options(command, options->view);
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen); }; });
}

}  // namespace basalt::cli
