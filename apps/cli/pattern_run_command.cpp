// basalt pattern run: one pattern from its initial state through its steps.

#include <memory>

#include "basalt/pattern_file.h"
#include "checkpoint_options.h"
#include "interrupt.h"
#include "model_options.h"
#include "number.h"
#include "pattern_command.h"
#include "pattern_options.h"
#include "request_options.h"
#include "run_pattern.h"

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
    "  basalt pattern run spots/run.toml --checkpoint kept   (and after a crash: basalt resume kept)\n"
    "  basalt pattern models     (what there is, and what its parameters mean)\n"
    "\n"
    "Exit status: 0 done; 1 the run failed, as where a state blows up; 2 bad usage; 3 refused for resources;\n"
    "130 cancelled (Ctrl-C).";

struct Options {
  PatternRequest request;
  PatternView view;
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

void act(const Options& options, bool json) {
  if (options.request.model.empty()) {
    throw Error(ErrorCode::bad_usage, "no model was named", "give --model NAME or a TOML file that names one");
  }
  run_pattern(options.request, options.view, json);
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
  add_checkpoint_options(command, options->request.checkpoint);
  options->view.observation.add_options(command);
  command.add_flag("--quiet", options->view.quiet, "Print results only: no notes, no summary, no progress");
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen.json); }; });
}

}  // namespace basalt::cli
