// basalt plan: what a run would do, and how long that would take.

#include <memory>
#include <string>
#include <vector>

#include "basalt/plan.h"
#include "command.h"
#include "interrupt.h"
#include "pass_output.h"
#include "plan_output.h"
#include "request_options.h"

namespace basalt::cli {
namespace {

constexpr const char* kDescription =
    "Show how a circuit would be run, without running it: stages, tiles, kernels and predicted times.";

constexpr const char* kFooter =
    "A stage visits the state once, tile by tile: a tile is read into a cache, all operations of the\n"
    "stage are applied to it, and it is written back. An operation is local to a tile when the qubits\n"
    "that it mixes are axes of the tile; controls and diagonal operands need not be. Each row shows\n"
    "a stage's tile, how many tiles there are (those that hold only zeros are skipped), how many\n"
    "operations of each kernel it applies, the memory that it moves, its arithmetic and its time.\n"
    "\n"
    "Predictions rely on the numbers at the end, each with its source. 'default' and 'an eighth of an L2\n"
    "cache' are guesses: run basalt tune to have this machine measured, or basalt tune --device to have a\n"
    "device measured. basalt run --json shows predicted and actual times side by side.\n"
    "\n"
    "With --backend vulkan a tile is what a workgroup of the device holds in its registers.\n"
    "\n"
    "No state is made: plans of circuits that are too large for this machine are shown, too. What is\n"
    "asked of the run matters, because operations that cannot influence it are left out. Of a program\n"
    "that goes on after a measurement whose outcome it needs, what comes before that is planned.\n"
    "\n"
    "Examples:\n"
    "  basalt plan qft.qasm\n"
    "  basalt plan qft.qasm --passes --without-pass fold-ladders\n"
    "  basalt plan ansatz.qasm --precision double --threads 8 --set theta=pi/3\n"
    "  basalt plan qaoa.qasm --backend vulkan --device h100\n"
    "  basalt plan qaoa.qasm --observable \"Z0*Z1\" --json\n"
    "\n"
    "Exit status: 0 done; 1 failed; 2 bad usage or input; 3 refused for resources; 130 cancelled (Ctrl-C).";

struct PlanOptions {
  std::string file;
  Request request;
  std::vector<std::string> assignments;
  bool passes = false;
};

}  // namespace

void add_plan_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<PlanOptions>();
  CLI::App& command = *app.add_subcommand("plan", kDescription);
  command.footer(kFooter);
  command.add_option("FILE", options->file, "OpenQASM 2 or 3 program; - reads standard input")->required();
  add_request_options(command, options->request);
  add_method_option(command, options->request.method);
  add_backend_options(command, options->request.backend, options->request.device);
  add_input_option(command, options->assignments);
  add_passes_flag(command, options->passes);
  command.add_flag("--json", chosen.json, "Print one JSON document");
  command.callback([options, &chosen] {
    chosen.act = [options, &chosen] {
      assign_inputs(options->assignments, options->request);
      options->request.source = read_program(options->file, &interrupt_token());
      write_plan(options->file, explain_plan(options->request, &interrupt_token()), options->passes, chosen.json);
    };
  });
}

}  // namespace basalt::cli
