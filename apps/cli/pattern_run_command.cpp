// basalt pattern run: one pattern from its initial state through its steps.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
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

std::vector<double> numbers_of(const std::string& option, const std::string& text) {
  std::vector<double> values;
  for (const std::string& part : split(text, ',')) {
    values.push_back(number_of(option, part));
  }
  return values;
}

/// "neumann:0" and the like.
Side side_of(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string kind = text.substr(0, colon);
  const std::vector<double> values =
      colon < text.size() ? numbers_of("--side", text.substr(colon + 1)) : std::vector<double>{};
  const auto expect = [&](std::size_t least, std::size_t most) {
    if (values.size() < least || values.size() > most) {
      throw CLI::ValidationError("--side", "'" + text + "' has not as many values as it needs");
    }
  };
  if (kind == "periodic") {
    expect(0, 0);
    return {};
  }
  if (kind == "robin") {
    expect(3, 3);
    return {.kind = SideKind::robin, .value = values[2], .alpha = values[0], .beta = values[1]};
  }
  if (kind != "dirichlet" && kind != "neumann") {
    throw CLI::ValidationError("--side", "'" + kind + "' is none of periodic, dirichlet, neumann and robin");
  }
  expect(0, 1);
  return {.kind = kind == "neumann" ? SideKind::neumann : SideKind::dirichlet,
          .value = values.empty() ? 0 : values[0],
          .alpha = 0,
          .beta = 0};
}

/// "x=...", "x0=..." or "x1=...".
void set_side(const std::string& text, std::array<std::array<Side, 2>, 3>& sides) {
  const std::size_t equals = text.find('=');
  const std::string place = text.substr(0, equals);
  const bool is_place = equals != std::string::npos && !place.empty() && place.size() <= 2 && place[0] >= 'x' &&
                        place[0] <= 'z' && (place.size() == 1 || place[1] == '0' || place[1] == '1');
  if (!is_place) {
    throw CLI::ValidationError("--side",
                               "'" + text + "' is not AXIS=KIND[:VALUE], the axis being x, y, z, x0, x1, ...");
  }
  const Side side = side_of(text.substr(equals + 1));
  std::array<Side, 2>& axis = sides[static_cast<std::size_t>(place[0] - 'x')];
  if (place.size() == 1) {
    axis = {side, side};
  } else {
    axis[static_cast<std::size_t>(place[1] - '0')] = side;
  }
}

template <typename Value>
Value choice_of(const std::string& option, const std::string& text,
                const std::vector<std::pair<std::string, Value>>& choices) {
  std::string names;
  for (const auto& [name, value] : choices) {
    if (name == text) {
      return value;
    }
    names += (names.empty() ? "" : ", ") + name;
  }
  throw CLI::ValidationError(option, "'" + text + "' is none of " + names);
}

void add_grid_options(CLI::App& command, PatternRequest& request) {
  add_value(command, "--size", "XxYxZ", "Cells along each axis. Default: 256x256",
            [&](const std::string& text) { request.size = grid_size("--size", text); });
  add_value(command, "--spacing", "LENGTH", "Between cells. Default: the model's",
            [&](const std::string& text) { request.spacing = number_of("--spacing", text); });
  command
      .add_option_function<std::vector<std::string>>(
          "--side",
          [&](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              set_side(text, request.sides);
            }
          },
          "What holds at the sides of the domain: see below; may be given more than once")
      ->type_name("AXIS=KIND[:VALUE]");
  add_value(command, "--stencil", "NAME", "axes (neighbours along the axes) or isotropic (2D: 9 points). Default: axes",
            [&](const std::string& text) {
              request.stencil =
                  choice_of<Stencil>("--stencil", text, {{"axes", Stencil::axes}, {"isotropic", Stencil::isotropic}});
            });
}

void add_time_options(CLI::App& command, PatternRequest& request) {
  add_value(command, "--steps", "N", "Steps of time. Default: 1000",
            [&](const std::string& text) { request.steps = whole_number("--steps", text); });
  add_value(command, "--step", "TIME", "Of each step. Default: the model's",
            [&](const std::string& text) { request.step = number_of("--step", text); });
  add_value(command, "--integrator", "NAME", "euler or rk4 (Runge-Kutta of order 4). Default: euler",
            [&](const std::string& text) {
              request.integrator =
                  choice_of<Integrator>("--integrator", text, {{"euler", Integrator::euler}, {"rk4", Integrator::rk4}});
            });
}

void add_initial_options(CLI::App& command, PatternRequest& request) {
  add_value(command, "--initial", "KIND",
            "uniform, square (another state in the middle), spots (the same at random\nplaces) or auto: what suits the "
            "model. Default: auto",
            [&](const std::string& text) {
              request.initial.kind = choice_of<InitialKind>("--initial", text,
                                                            {{"auto", InitialKind::automatic},
                                                             {"uniform", InitialKind::uniform},
                                                             {"square", InitialKind::square},
                                                             {"spots", InitialKind::spots}});
            });
  add_value(command, "--values", "U,V", "Of the species at first. Default: a steady state of the model",
            [&](const std::string& text) { request.initial.values = numbers_of("--values", text); });
  add_value(command, "--noise", "SIZE", "Added to each cell: uniform in ± SIZE. Default: 0.01",
            [&](const std::string& text) { request.initial.noise = number_of("--noise", text); });
  add_value(command, "--seed", "N", "Of the noise and the spots. Default: 0",
            [&](const std::string& text) { request.seed = whole_number("--seed", text); });
}

void add_machine_options(CLI::App& command, PatternRequest& request) {
  add_value(command, "--precision", "single|double", "f32 or f64 cells. Default: single", [&](const std::string& text) {
    request.precision = choice_of<Precision>(
        "--precision", text, {{"single", Precision::single_precision}, {"double", Precision::double_precision}});
  });
  add_value(command, "--backend", "auto|cpu|vulkan",
            "Where it runs. Default: auto, wherever it is predicted to be done first;\nwith --device, vulkan",
            [&](const std::string& text) { request.backend = backend_of(text, /*may_choose=*/true); });
  add_value(command, "--device", "NAME|INDEX",
            "With --backend vulkan: the device, as basalt devices lists it, by its\nnumber or a part of its name. "
            "Default: the first GPU",
            [&](const std::string& text) { request.device = text; });
  add_value(command, "--threads", "N", "Default: all that this process may use",
            [&](const std::string& text) { request.threads = count_of("--threads", text); });
  add_value(command, "--steps-per-visit", "N",
            "Euler steps that each block of a plane goes through at once; default: several where the grid is larger "
            "than the caches",
            [&](const std::string& text) { request.steps_per_visit = count_of("--steps-per-visit", text); });
  add_value(command, "--memory", "LIMIT", "Refuse to use more, e.g. 4G. Default: what the process may use",
            [&](const std::string& text) { request.memory_limit_bytes = parse_bytes(text, "--memory"); });
  add_value(command, "--priority", "P", "Who goes first where jobs share this machine: -10 (last) to 10.\nDefault: 0",
            [&](const std::string& text) {
              request.priority = integer_between("--priority", text, kLowestPriority, kHighestPriority);
            });
}

void add_output_options(CLI::App& command, PatternRequest& request) {
  add_value(command, "--output", "FOLDER", "Write frames there, and run.toml, which makes the same run again",
            [&](const std::string& text) { request.output = text; });
  add_value(command, "--every", "N",
            "With --output: a frame before the first step and each N steps.\nDefault: only the last state",
            [&](const std::string& text) { request.every = whole_number("--every", text); });
  add_value(command, "--format", "NAME,...", "Of frames: png, npy, vti, hdf5. Default: png,npy",
            [&](const std::string& text) {
              request.formats.clear();
              for (const std::string& name : split(text, ',')) {
                request.formats.push_back(choice_of<FrameFormat>("--format", name,
                                                                 {{"png", FrameFormat::png},
                                                                  {"npy", FrameFormat::npy},
                                                                  {"vti", FrameFormat::vti},
                                                                  {"hdf5", FrameFormat::hdf5}}));
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

void print_report(const PatternReport& report, bool quiet) {
  print(heading(fmt::format("{}  {} cells, {} steps", report.model, fmt::join(report.size, " x "), report.steps)));
  print(fmt::format("  {:<8}{:>13}{:>13}{:>13}{:>13}", "species", "mean", "least", "most", "deviation"));
  for (const SpeciesSummary& species : report.species) {
    print(fmt::format("  {:<8}{:>13.6g}{:>13.6g}{:>13.6g}{:>13.6g}", species.name, species.mean, species.least,
                      species.most, species.deviation));
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
  print(fmt::format("  time {:g} in steps of {:g} (largest stable {:.4g}), {}, stencil {}, {} precision", report.time,
                    report.step, report.largest_stable_step, name_of(report.integrator), name_of(report.stencil),
                    report.precision == Precision::single_precision ? "single" : "double"));
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
  add_grid_options(command, options->request);
  add_time_options(command, options->request);
  add_initial_options(command, options->request);
  add_machine_options(command, options->request);
  options->observation.add_options(command);
  command.add_flag("--quiet", options->quiet, "Print results only: no notes, no summary, no progress");
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen.json); }; });
}

}  // namespace basalt::cli
