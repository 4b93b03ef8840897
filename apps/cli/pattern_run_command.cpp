// basalt pattern run: one pattern from its initial state through its steps.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <iostream>
#include <memory>

#include "basalt/engine.h"
#include "basalt/json.h"
#include "basalt/pattern_file.h"
#include "interrupt.h"
#include "model_options.h"
#include "number.h"
#include "observation.h"
#include "pattern_command.h"
#include "pattern_options.h"
#include "print.h"
#include "progress_bar.h"
#include "request_options.h"
#include "waiting.h"

namespace basalt::cli {
namespace {

constexpr const char* kDescription = "Run a model through steps of time and print what became of it.";

constexpr const char* kFooter =
    "A grid has 1 to 3 axes: --size 4096, --size 512x512, --size 96x96x96. Without --step, the model's own\n"
    "step is taken, or 0.8 of the largest stable one. A step that the linear part of the equations does not\n"
    "allow is refused with the largest one that it does.\n"
    "\n"
    "Sides are given for an axis, or for one side of it (first: x=0):\n"
    "  --side x=periodic                 the default, of both sides\n"
    "  --side y=neumann:0                no flux at both sides along y\n"
    "  --side x0=dirichlet:1             u = 1 at the first side along x, for all species\n"
    "  --side x1=robin:2,1,0.5           2 u + 1 du/dn = 0.5 at the last\n"
    "\n"
    "Examples:\n"
    "  basalt pattern run --model gray-scott --param F=0.062,k=0.0609 --size 512x512 --steps 20000\n"
    "  basalt pattern run --model swift-hohenberg --param r=0.3 --size 256x256 --steps 5000 --json\n"
    "  basalt pattern run --model nonlinear-schrodinger --integrator rk4 --size 1024 --precision double\n"
    "  basalt pattern run --model gray-scott --size 512x512 --steps 20000 --output spots --every 1000\n"
    "  basalt pattern run spots/run.toml --seed 2 --output other\n"
    "  basalt pattern models     (what there is, and what its parameters mean)\n"
    "\n"
    "Exit status: 0 done; 1 the run failed, as where a state blows up; 2 bad usage; 3 refused for resources;\n"
    "130 cancelled (Ctrl-C).";

struct Options {
  PatternRequest request;
  Observation observation;
  bool quiet = false;
};

void add_output_options(CLI::App& command, PatternRequest& request) {
  add_value(command, "--output", "FOLDER", "Write frames there, and run.toml, which makes the same run again",
            [&](const std::string& text) { request.output = text; });
  add_value(command, "--every", "N",
            "With --output: a frame before the first step and each N steps.\nDefault: only the last state",
            [&](const std::string& text) { request.every = whole_number("--every", text); });
  add_value(command, "--format", "NAME,...",
            "Of frames: png, npy, vti, hdf5, or mp4, one video of all. Default: png,npy", [&](const std::string& text) {
              request.formats.clear();
              for (const std::string& name : split(text, ',')) {
                request.formats.push_back(choice_of<FrameFormat>("--format", name,
                                                                 {{"png", FrameFormat::png},
                                                                  {"npy", FrameFormat::npy},
                                                                  {"vti", FrameFormat::vti},
                                                                  {"hdf5", FrameFormat::hdf5},
                                                                  {"mp4", FrameFormat::mp4}}));
              }
            });
}

std::string place_of(const PatternReport& report) {
  if (report.device) {
    return fmt::format("{} ({}, {}, {} step{} a visit)", report.device->name, report.backend, report.device->driver,
                       report.steps_per_visit, report.steps_per_visit == 1 ? "" : "s");
  }
  return fmt::format("{} ({}, {} thread{})", report.backend, report.instruction_set, report.threads,
                     report.threads == 1 ? "" : "s");
}

std::string wavelength_text(const std::optional<double>& wavelength) {
  return wavelength ? fmt::format("{:.6g}", *wavelength) : "-";
}

void print_statistics(const PatternStatistics& statistics) {
  print("");
  print(fmt::format("  {:<8}{:>13}{:>13}{:>22}{:>18}", "species", "mass", "at first", "dominant wavelength",
                    "mean wavelength"));
  for (const SpeciesStatistics& species : statistics.species) {
    print(fmt::format("  {:<8}{:>13.6g}{:>13.6g}{:>22}{:>18}", species.name, species.mass, species.mass_at_first,
                      wavelength_text(species.dominant_wavelength), wavelength_text(species.mean_wavelength)));
  }
  print(fmt::format("  {}: {}{}; change {:.3g}, area {:.3g}, Euler characteristic {:g}, roundness {:.3g}",
                    statistics.classified, name_of(statistics.kind), statistics.changing ? ", changing" : ", at rest",
                    statistics.temporal_change, statistics.area_fraction, statistics.euler_characteristic,
                    statistics.roundness));
  if (statistics.energy) {
    print(fmt::format("  energy {:.8g}, at first {:.8g}", *statistics.energy, statistics.energy_at_first.value_or(0)));
  }
}

void print_report(const PatternReport& report, bool quiet) {
  print(heading(fmt::format("{}  {} cells, {} steps", report.model, fmt::join(report.size, " x "), report.steps)));
  print(fmt::format("  {:<8}{:>13}{:>13}{:>13}{:>13}", "species", "mean", "least", "most", "deviation"));
  for (const SpeciesSummary& species : report.species) {
    print(fmt::format("  {:<8}{:>13.6g}{:>13.6g}{:>13.6g}{:>13.6g}", species.name, species.mean, species.least,
                      species.most, species.deviation));
  }
  if (report.statistics) {
    print_statistics(*report.statistics);
  }
  if (quiet) {
    return;
  }
  double cells = static_cast<double>(report.steps);
  for (const std::uint64_t size : report.size) {
    cells *= static_cast<double>(size);
  }
  const double seconds = report.timing.execute;
  print("");
  const std::string largest = std::isfinite(report.largest_stable_step)
                                  ? fmt::format(" (largest stable {:.4g})", report.largest_stable_step)
                                  : std::string();
  print(fmt::format("  time {:g} in steps of {:g}{}, {}, stencil {}, {} precision", report.time, report.step, largest,
                    name_of(report.integrator), name_of(report.stencil),
                    report.precision == Precision::single_precision ? "single" : "double"));
  if (report.adaptive) {
    const AdaptiveSteps& steps = *report.adaptive;
    print(fmt::format("  {} steps of {:.3g} to {:.3g} within a tolerance of {:g}, {} more rejected", steps.accepted,
                      steps.shortest, steps.longest, steps.tolerance, steps.rejected));
  }
  print(fmt::format("  {} on {}: {:.3g} million cells updated a second", format_seconds(seconds), place_of(report),
                    seconds > 0 ? cells / seconds / 1e6 : 0));
  if (report.device && !report.choice.empty()) {
    print("  chosen: " + report.choice);  // that the CPU runs what is small surprises nobody
  }
  print(
      fmt::format("  memory {} of {} ({}){}", format_bytes(report.memory.peak_bytes),
                  format_bytes(report.memory.limit_bytes), report.memory.limit_source,
                  report.device ? fmt::format(", and {} of the device", format_bytes(report.device->peak_bytes)) : ""));
  if (!report.files.empty()) {
    print(fmt::format("  {} files, the last {}", report.files.size(), report.files.back()));
  }
}

void act(const Options& options, bool json) {
  if (options.request.model.empty()) {
    throw Error(ErrorCode::bad_usage, "no model was named", "give --model NAME or a TOML file that names one");
  }
  ProgressBar bar(!options.quiet);
  PatternHooks hooks{.cancel = &interrupt_token(), .on_progress = {}, .on_wait = {}};
  const std::uint64_t steps = options.request.steps;
  if (bar.visible()) {
    hooks.on_progress = [&](std::uint64_t done) {
      bar.show(static_cast<double>(done) / static_cast<double>(steps), fmt::format("{}/{} steps", done, steps));
    };
  }
  if (!options.quiet) {
    hooks.on_wait = [](const Waiting& waiting) { print_notes({describe_waiting(waiting)}); };
  }
  PatternReport report;
  options.observation.around([&] {
    Engine engine;
    report = engine.run_pattern(options.request, hooks);
  });
  bar.clear();
  if (json) {
    std::cout << json_of(report) << '\n';
    return;
  }
  if (!options.quiet) {
    print_notes(report.notes);
  }
  print_report(report, options.quiet);
}

}  // namespace

void add_pattern_run_command(CLI::App& pattern, Chosen& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *pattern.add_subcommand("run", kDescription);
  command.footer(kFooter);
  // first, for what options say goes over what the file says
  command
      .add_option_function<std::string>(
          "FILE",
          [options](const std::string& file) {
            options->request = read_pattern_toml(read_program(file, &interrupt_token()).text, file);
          },
          "A run in TOML, as each run with --output writes it; - reads standard input.\nOptions go over what it says")
      ->type_name("");
  add_model_options(command, options->request.model, options->request.parameters);
  add_output_options(command, options->request);
  add_pattern_options(command, options->request);
  command.add_flag("--statistics", options->request.statistics, "Measure waves, mass, energy and class of the pattern");
  options->observation.add_options(command);
  command.add_flag("--quiet", options->quiet, "Print results only: no notes, no summary, no progress");
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen.json); }; });
}

}  // namespace basalt::cli
