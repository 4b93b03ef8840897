#include "commands.h"

#include <iostream>
#include <limits>

#include "basalt/engine.h"
#include "basalt/metrics.h"
#include "basalt/version.h"
#include "interrupt.h"
#include "number.h"
#include "output.h"
#include "progress_bar.h"

namespace basalt::cli {
namespace {

constexpr const char* kRunDescription =
    "Run an OpenQASM 2 or 3 circuit and print counts and whatever else is asked for.";

constexpr const char* kRunFooter =
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
    "  generate-circuit | basalt run - --top 10\n"
    "\n"
    "Exit status: 0 done; 1 the run failed; 2 bad usage or input; 3 refused for resources;\n"
    "130 cancelled (Ctrl-C).";

Precision precision_of(const std::string& name) {
  if (name != "single" && name != "double") {
    throw CLI::ValidationError("--precision", "'" + name + "' is neither single nor double");
  }
  return name == "single" ? Precision::single_precision : Precision::double_precision;
}

int thread_count(const std::string& text) {
  const std::uint64_t threads = whole_number("--threads", text);
  if (threads < 1 || threads > std::numeric_limits<int>::max()) {
    throw CLI::ValidationError("--threads", "'" + text + "' is out of range: give 1 or more");
  }
  return static_cast<int>(threads);
}

std::pair<std::string, std::string> split_assignment(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorCode::bad_usage, "--set '" + text + "' is not NAME=VALUE", "for example: --set theta=0.5");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

Commands::Commands(CLI::App& app) {
  add_run(app);
  add_check(app);
  add_devices(app);
  add_version(app);
}

void Commands::run() const {
  chosen_();
}

void Commands::add_run(CLI::App& app) {
  CLI::App* run = app.add_subcommand("run", kRunDescription);
  run->footer(kRunFooter);
  run->add_option("FILE", file_, "OpenQASM 2 or 3 program; - reads standard input")->required();
  // Every value is read from its text here: strictly, and with messages of our own.
  const auto add = [run](const std::string& name, const std::string& type, const std::string& help,
                         const std::function<void(const std::string&)>& set) {
    run->add_option_function<std::string>(
           name, [name, set](const std::string& text) { set(not_empty(name, text)); }, help)
        ->type_name(type);
  };
  add("--shots", "N", "How many times the circuit is measured (1 to 1000000000).\nDefault: 1024",
      [this](const std::string& text) { request_.shots = whole_number("--shots", text); });
  add("--seed", "S",
      "Seed of the random numbers; the same seed gives the same counts\non any number of threads. Default: from the "
      "system, and reported",
      [this](const std::string& text) { request_.seed = whole_number("--seed", text); });
  add("--precision", "single|double",
      "single: 8 bytes an amplitude, about 6 digits;\ndouble: 16 bytes, about 15 digits. Default: single",
      [this](const std::string& text) { request_.precision = precision_of(text); });
  add("--threads", "N", "Threads to use. Default: all cores that this process may use",
      [this](const std::string& text) { request_.threads = thread_count(text); });
  add("--memory", "LIMIT", "Most memory to use, as 4G, 512M or a number of bytes.\nDefault: what is free",
      [this](const std::string& text) { memory_ = text; });
  run->add_option(
         "--observable", request_.observables,
         "Expectation value of a sum of Pauli strings, as\n\"0.5*Z0*Z1 + X3\", or @FILE with one a line (a line "
         "that\nbegins with + or - continues the one before).\nMay be given more than once")
      ->type_name("O")
      ->allow_extra_args(false);
  add("--probabilities", "Q,...", "Joint probabilities of these qubits, separated by commas",
      [this](const std::string& text) { request_.probability_qubits = qubit_list("--probabilities", text); });
  add("--top", "K", "The K most probable basis states with their amplitudes",
      [this](const std::string& text) { request_.top = whole_number("--top", text); });
  add("--save-state", "FILE.npy", "Write the final state vector, before final measurements, to a NumPy file",
      [this](const std::string& text) { request_.save_state = text; });
  run->add_option("--set", assignments_, "Value of an OpenQASM 3 input variable. May be given more than once")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  add("--trace", "FILE.json", "Write where the time went, for Perfetto or chrome://tracing",
      [this](const std::string& text) { trace_file_ = text; });
  add("--metrics-file", "FILE", "Write counters and gauges as Prometheus text",
      [this](const std::string& text) { metrics_file_ = text; });
  run->add_flag("--json", json_, "Print one JSON document on standard output and nothing else");
  run->add_flag("--quiet", quiet_, "Print results only: no notes, no summary, no progress");
  run->callback([this] { chosen_ = [this] { run_circuit(); }; });
}

void Commands::add_check(CLI::App& app) {
  CLI::App* check_command = app.add_subcommand("check", "Parse and type-check a circuit without running it.");
  check_command->add_option("FILE", file_, "OpenQASM 2 or 3 program; - reads standard input")->required();
  check_command->add_flag("--json", json_, "Print one JSON document");
  check_command->callback([this] {
    chosen_ = [this] { write_check(file_, check(read_program(file_, &interrupt_token()), &interrupt_token()), json_); };
  });
}

void Commands::add_devices(CLI::App& app) {
  CLI::App* devices_command =
      app.add_subcommand("devices", "Show what this process may use: cores, caches, memory, and what limits them.");
  devices_command->add_flag("--json", json_, "Print one JSON document");
  devices_command->callback([this] { chosen_ = [this] { write_devices(devices(), json_); }; });
}

void Commands::add_version(CLI::App& app) {
  app.add_subcommand("version", "Print the version.")->callback([this] {
    chosen_ = [] { std::cout << "basalt " << BASALT_VERSION << '\n'; };
  });
}

/// Runs with the trace and the metrics that were asked for; they are written for a run that fails, too.
Report Commands::run_observed(const Request& request, const RunHooks& hooks) const {
  if (!trace_file_.empty()) {
    start_trace();
  }
  const auto write_files = [this] {
    if (!trace_file_.empty()) {
      write_trace(trace_file_);
    }
    if (!metrics_file_.empty()) {
      write_metrics(metrics_file_);
    }
  };
  try {
    Report report = basalt::run(request, hooks);
    write_files();
    return report;
  } catch (const Error&) {
    write_files();
    throw;
  }
}

void Commands::run_circuit() const {
  Request request = request_;
  if (!memory_.empty()) {
    request.memory_limit_bytes = parse_bytes(memory_, "--memory");
  }
  for (const std::string& assignment : assignments_) {
    auto [name, value] = split_assignment(assignment);
    if (!request.inputs.emplace(name, std::move(value)).second) {
      throw Error(ErrorCode::bad_usage, "--set " + name + " is given twice", "give each input once");
    }
  }
  request.source = read_program(file_, &interrupt_token());
  ProgressBar bar(!quiet_);
  RunHooks hooks{.cancel = &interrupt_token(), .on_progress = {}};
  if (bar.visible()) {
    hooks.on_progress = [&](const Progress& progress) { bar.show(progress); };
  }
  const Report report = run_observed(request, hooks);
  bar.clear();
  if (json_) {
    write_json_report(report);
  } else {
    write_text_report(file_, report, quiet_);
  }
}

}  // namespace basalt::cli
