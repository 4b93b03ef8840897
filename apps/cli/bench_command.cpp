// basalt bench: how fast are circuits on this machine, and how fast could they be?

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "basalt/bench.h"
#include "bench_table.h"
#include "command.h"
#include "interrupt.h"
#include "number.h"
#include "pattern_bench.h"
#include "print.h"
#include "request_options.h"
#include "show_bench.h"

namespace basalt::cli {
namespace {

std::string footer() {
  std::string text = "Families of circuits:\n";
  for (const BenchFamily& family : bench_families()) {
    text += fmt::format("  {:20}{}\n", family.name, family.description);
  }
  return text +
         "\n"
         "Columns, each the median over the runs of a row:\n"
         "  time      the gates alone, from |0...0> in memory to the final state\n"
         "  plan      what planning them took besides, in the first run of the row\n"
         "  sweeps    time over one in-place scale of the state, measured in the same run\n"
         "  stages    visits of the whole state\n"
         "  flop/amp  operations of arithmetic for each amplitude, by the plan's count\n"
         "  roofline  max(bytes moved / speed of the scale, operations / arithmetic peak) over time\n"
         "  pred/act  time that the plan predicted over time\n"
         "A dash stands for what is not known, as the roofline of devices is. A row that does not fit in\n"
         "memory, or whose precision a device does not have, is skipped with the reason.\n"
         "\n"
         "Other programs slow the rows down: run it on a quiet machine. The arithmetic peak is that of\n"
         "basalt tune; without its figures it is measured first. With --backend vulkan the gates run on a\n"
         "device, and threads only read the results.\n"
         "\n"
         "Rows of patterns: cells updated a second; steps done in the time of one in-place scale of the species,\n"
         "measured in the same run (1 is the limit of visits of one step); bytes moved a second, by count.\n"
         "\n"
         "Examples:\n"
         "  basalt bench --set quick\n"
         "  basalt bench --workload patterns --size 4096x4096 --precision single\n"
         "  basalt bench --families qft,random --qubits 24 --threads all --json\n"
         "  basalt bench my_circuit.qasm --precision double\n"
         "  basalt bench --backend vulkan --device h100 --qubits 28,30 --precision single\n"
         "  basalt bench --write circuits    (the same circuits for other simulators; runs nothing)\n"
         "\n"
         "Exit status: 0 done; 1 a run failed; 2 bad usage or input; 130 cancelled (Ctrl-C).";
}

struct Options {
  std::vector<std::string> files;
  BenchSet set = BenchSet::quick;
  std::vector<std::string> families;  ///< None: all.
  std::vector<std::uint32_t> qubits;  ///< None: those of the set.
  std::uint64_t seed = 1;
  BenchSettings settings;
  std::vector<int> threads;  ///< None: one and all, or all beside a device.
  std::string write_folder;
  bool patterns = false;  ///< The workload; nothing above but threads, precisions and repeats counts for it.
  PatternBenchSettings pattern_settings;
};

std::vector<std::string> names_of(const std::string& option, const std::string& text) {
  std::vector<std::string> names = split(text, ',');
  for (const std::string& name : names) {
    not_empty(option, name);
  }
  return names;
}

BenchSet set_of(const std::string& name) {
  if (name != "quick" && name != "standard") {
    throw CLI::ValidationError("--set", "'" + name + "' is neither quick nor standard");
  }
  return name == "quick" ? BenchSet::quick : BenchSet::standard;
}

std::vector<Precision> precisions_of(const std::string& name) {
  if (name == "both") {
    return {Precision::single_precision, Precision::double_precision};
  }
  if (name != "single" && name != "double") {
    throw CLI::ValidationError("--precision", "'" + name + "' is none of single, double and both");
  }
  return {name == "single" ? Precision::single_precision : Precision::double_precision};
}

std::vector<int> threads_of(const std::string& text) {
  std::vector<int> threads;
  for (const std::string& part : names_of("--threads", text)) {
    threads.push_back(part == "all" ? 0 : count_of("--threads", part));
  }
  return threads;
}

std::vector<BenchCircuit> generated_circuits(const Options& options) {
  std::vector<std::string> families = options.families;
  if (families.empty()) {
    for (const BenchFamily& family : bench_families()) {
      families.push_back(family.name);
    }
  }
  return generate_bench_circuits(families, options.qubits.empty() ? bench_qubits(options.set) : options.qubits,
                                 options.seed);
}

std::vector<BenchCircuit> circuits_of(const std::vector<std::string>& files) {
  std::vector<BenchCircuit> circuits;
  circuits.reserve(files.size());
  for (const std::string& file : files) {
    circuits.push_back({.family = std::filesystem::path(file).stem().string(),
                        .qubits = 0,
                        .source = read_program(file, &interrupt_token())});
  }
  return circuits;
}

void measure(const BenchSettings& settings, bool json) {
  const BenchTable<BenchRow, BenchReport> table{
      .heading = print_bench_heading, .row = print_bench_row, .machine = print_bench_machine};
  show_bench<BenchHooks>(json, table, [&](const BenchHooks& hooks) { return bench(settings, hooks); });
}

bool is_patterns(const std::string& name) {
  if (name != "circuits" && name != "patterns") {
    throw CLI::ValidationError("--workload", "'" + name + "' is neither circuits nor patterns");
  }
  return name == "patterns";
}

std::vector<std::optional<int>> steps_of(const std::string& text) {
  std::vector<std::optional<int>> steps;
  for (const std::string& part : names_of("--steps-per-visit", text)) {
    steps.push_back(part == "auto" ? std::nullopt : std::optional<int>(count_of("--steps-per-visit", part)));
  }
  return steps;
}

std::vector<std::vector<std::uint64_t>> sizes_of(const std::string& text) {
  std::vector<std::vector<std::uint64_t>> sizes;
  for (const std::string& part : names_of("--size", text)) {
    sizes.push_back(grid_size("--size", part));
  }
  return sizes;
}

void act(Options& options, bool json) {
  if (options.patterns) {
    options.pattern_settings.precisions = options.settings.precisions;
    options.pattern_settings.repeats = options.settings.repeats;
    options.pattern_settings.threads = options.threads.empty() ? std::vector<int>{0} : options.threads;
    measure_patterns(options.pattern_settings, json);
    return;
  }
  options.settings.threads = options.threads;
  if (options.threads.empty()) {
    options.settings.threads = options.settings.backend == Backend::cpu ? std::vector<int>{1, 0} : std::vector<int>{0};
  }
  options.settings.circuits = options.files.empty() ? generated_circuits(options) : circuits_of(options.files);
  if (options.write_folder.empty()) {
    measure(options.settings, json);
    return;
  }
  for (const std::string& path : write_bench_circuits(options.settings.circuits, options.write_folder)) {
    print(path);
  }
}

}  // namespace

void add_bench_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      *app.add_subcommand("bench", "Measure circuits against what this machine can do: memory, arithmetic, the plan.");
  command.footer(footer());
  CLI::Option* files =
      command.add_option("FILE", options->files, "OpenQASM programs to measure instead of a set")->type_name("");
  add_value(command, "--workload", "circuits|patterns", "What is measured. Default: circuits",
            [options](const std::string& text) { options->patterns = is_patterns(text); });
  add_value(command, "--models", "M,...",
            "Of patterns: models, as basalt pattern models lists them.\nDefault: gray-scott",
            [options](const std::string& text) { options->pattern_settings.models = names_of("--models", text); });
  add_value(command, "--size", "NxN,...", "Of patterns: grids. Default: 1024x1024,4096x4096,160x160x160",
            [options](const std::string& text) { options->pattern_settings.sizes = sizes_of(text); });
  add_value(command, "--steps-per-visit", "N,...",
            "Of patterns in the plane: steps in one visit, or auto.\nDefault: 1,auto",
            [options](const std::string& text) { options->pattern_settings.steps_per_visit = steps_of(text); });
  add_value(command, "--set", "quick|standard",
            "quick: 10, 16 and 20 qubits;\nstandard: 24, 26 and 28 besides. Default: quick",
            [options](const std::string& text) { options->set = set_of(text); })
      ->excludes(files);
  add_value(command, "--families", "F,...", "Families of circuits, separated by commas. Default: all",
            [options](const std::string& text) { options->families = names_of("--families", text); })
      ->excludes(files);
  add_value(command, "--qubits", "N,...", "Widths, 4 to 64, in place of those of the set",
            [options](const std::string& text) { options->qubits = qubit_list("--qubits", text); })
      ->excludes(files);
  add_value(command, "--seed", "S", "Seed of what is random in the circuits. Default: 1",
            [options](const std::string& text) { options->seed = whole_number("--seed", text); })
      ->excludes(files);
  add_value(command, "--precision", "single|double|both", "Default: both",
            [options](const std::string& text) { options->settings.precisions = precisions_of(text); });
  add_value(command, "--threads", "T,...", "Numbers of threads, or all. Default: 1,all; all with\n--backend vulkan",
            [options](const std::string& text) { options->threads = threads_of(text); });
  add_backend_options(command, options->settings.backend, options->settings.device);
  add_value(command, "--repeat", "N",
            "Runs of each row: fewer where they are long (10 s a row),\nmore where they are short. Default: 5",
            [options](const std::string& text) { options->settings.repeats = count_of("--repeat", text); });
  add_value(command, "--write", "DIR", "Write the circuits to a folder as OpenQASM 2, and run nothing",
            [options](const std::string& text) { options->write_folder = text; })
      ->excludes(files);
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen.json); }; });
}

}  // namespace basalt::cli
