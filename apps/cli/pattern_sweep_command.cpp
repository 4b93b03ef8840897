// basalt pattern sweep: one pattern over ranges of its parameters.

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>

#include "basalt/json.h"
#include "basalt/pattern_file.h"
#include "basalt/pattern_sweep.h"
#include "batch_line.h"
#include "batch_options.h"
#include "interrupt.h"
#include "model_options.h"
#include "number.h"
#include "observation.h"
#include "pattern_command.h"
#include "pattern_options.h"
#include "print.h"
#include "request_options.h"

namespace basalt::cli {
namespace {

constexpr const char* kDescription = "Run a model for many values of its parameters and print what became of each.";

constexpr const char* kFooter =
    "Points are runs of their own, several at a time in worker processes; one that blows up or crashes costs\n"
    "itself only. All start with the same seed.\n"
    "\n"
    "With --output a folder gets points.jsonl (a line for each point as it ends), sweep.toml, sweep.csv and,\n"
    "of one or two parameters, phases.png: the first goes to the right, the second upward. A sweep that was\n"
    "killed or stopped goes on with the same command and --resume.\n"
    "\n"
    "Colours of classes: white uniform, violet oscillating, orange spots, blue holes, green stripes, brown\n"
    "a pattern of one or three axes; darker where it goes on changing; grey where there is no result.\n"
    "\n"
    "Examples:\n"
    "  basalt pattern sweep --model gray-scott --sweep F=0.01:0.08:15 --sweep k=0.03:0.07:11 --size 128x128\n"
    "                       --steps 10000 --output map\n"
    "  basalt pattern sweep --model schnakenberg --sweep Dv=5:40:8 --steps 4000 --show wavelength --json\n"
    "  basalt pattern sweep map/sweep.toml --output map --resume\n"
    "\n"
    "Exit status: 0 all points done; 1 some failed; 2 bad usage or input; 130 cancelled (Ctrl-C).";

struct Options {
  PatternSweepRequest request;
  Observation observation;
  bool quiet = false;
};

/// "F=0.01:0.08:15"
SweepRange range_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::vector<std::string> parts =
      equals == std::string::npos ? std::vector<std::string>() : split(text.substr(equals + 1), ':');
  if (equals == 0 || parts.size() != 3) {
    throw CLI::ValidationError("--sweep", "'" + text + "' is not PARAMETER=FROM:TO:POINTS");
  }
  const std::uint64_t points = whole_number("--sweep", parts[2]);
  if (points > std::numeric_limits<std::uint32_t>::max()) {
    throw CLI::ValidationError("--sweep", "'" + parts[2] + "' points are too many");
  }
  return {.parameter = text.substr(0, equals),
          .from = number_of("--sweep", parts[0]),
          .to = number_of("--sweep", parts[1]),
          .points = static_cast<std::uint32_t>(points)};
}

/// A range of the command line goes over that of the file.
void set_range(const std::string& text, std::vector<SweepRange>& ranges) {
  const SweepRange range = range_of(text);
  const auto same = std::find_if(ranges.begin(), ranges.end(),
                                 [&](const SweepRange& each) { return each.parameter == range.parameter; });
  if (same == ranges.end()) {
    ranges.push_back(range);
  } else {
    *same = range;
  }
}

void print_point(const PatternSweepPoint& point) {
  std::string line = " ";
  for (const double value : point.values) {
    line += fmt::format("{:>12.6g}", value);
  }
  if (!point.done) {
    print(line + "  " + point.error);
    return;
  }
  const PatternStatistics& statistics = point.statistics;
  for (std::size_t i = 0; i < point.species.size(); ++i) {
    if (point.species[i].name != statistics.classified) {
      continue;
    }
    const std::optional<double>& wavelength = statistics.species[i].dominant_wavelength;
    print(line + fmt::format("  {:<12}{:<9}{:>12.4g}{:>12.4g}{:>12}{:>9.3g}", name_of(statistics.kind),
                             statistics.changing ? "changing" : "at rest", point.species[i].mean,
                             point.species[i].deviation, wavelength ? fmt::format("{:.4g}", *wavelength) : "-",
                             statistics.temporal_change));
  }
}

void print_sweep(const PatternSweepReport& report, bool quiet) {
  std::string names = " ";
  for (const SweepRange& range : report.ranges) {
    names += fmt::format("{:>12}", range.parameter);
  }
  print(heading(fmt::format("{}  {} points", report.model, report.points.size())));
  print(names + fmt::format("  {:<21}{:>12}{:>12}{:>12}{:>9}", "class", "mean", "deviation", "wavelength", "change"));
  for (const PatternSweepPoint& point : report.points) {
    print_point(point);
  }
  if (!quiet) {
    print("");
    print("  " + describe(report.batch));
    for (const std::string& file : report.files) {
      print("  " + file);
    }
  }
}

void act(const Options& options, Chosen& chosen) {
  if (options.request.pattern.model.empty()) {
    throw Error(ErrorCode::bad_usage, "no model was named", "give --model NAME or a TOML file that names one");
  }
  PatternSweepReport report;
  {
    BatchLine live(!options.quiet);
    const BatchHooks hooks{.cancel = &interrupt_token(),
                           .on_line = {},
                           .on_progress = [&](const BatchProgress& progress) { live.show(progress); }};
    options.observation.around([&] { report = sweep_pattern(options.request, hooks); });
  }
  chosen.status = report.batch.progress.failed > 0 ? 1 : 0;
  if (chosen.json) {
    std::cout << json_of(report) << '\n';
    return;
  }
  if (!options.quiet) {
    print_notes(report.notes);
  }
  print_sweep(report, options.quiet);
}

}  // namespace

void add_pattern_sweep_command(CLI::App& pattern, Chosen& chosen) {
  const auto options = std::make_shared<Options>();
  PatternSweepRequest& request = options->request;
  CLI::App& command = *pattern.add_subcommand("sweep", kDescription);
  command.footer(kFooter);
  // first, for what options say goes over what the file says
  command
      .add_option_function<std::string>(
          "FILE",
          [&request](const std::string& file) {
            request = read_pattern_sweep_toml(read_program(file, &interrupt_token()).text, file);
          },
          "A sweep, or a run, in TOML; - reads standard input. Options go over what it says")
      ->type_name("");
  add_model_options(command, request.pattern.model, request.pattern.parameters);
  command
      .add_option_function<std::vector<std::string>>(
          "--sweep",
          [&request](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              set_range(text, request.ranges);
            }
          },
          "A parameter that varies, both ends included; more than once for all\ncombinations")
      ->type_name("NAME=FROM:TO:POINTS");
  add_value(command, "--output", "FOLDER", "Keep results there, and the picture",
            [&request](const std::string& text) { request.batch.output = text; });
  command.add_flag("--resume", request.batch.resume, "Keep the results that --output has, and run the other points")
      ->needs("--output");
  add_value(command, "--show", "WHAT",
            "What colours show: class, mean, deviation, wavelength, change, mass or\nenergy. Default: class",
            [&request](const std::string& text) { request.show = text; });
  add_pattern_options(command, request.pattern);
  add_worker_options(command, request.batch);
  options->observation.add_options(command);
  command.add_flag("--quiet", options->quiet, "Print results only: no notes, no summary, no live line");
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen); }; });
}

}  // namespace basalt::cli
