// basalt pattern analyse: where a model rests, which waves grow there, and where that begins.

#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <string>

#include "basalt/error.h"
#include "basalt/json.h"
#include "basalt/pattern_analysis.h"
#include "interrupt.h"
#include "model_options.h"
#include "number.h"
#include "pattern_analysis_output.h"
#include "pattern_command.h"
#include "request_options.h"
#include "side_options.h"

namespace basalt::cli {
namespace {

constexpr const char* kDescription =
    "Analyse the linear stability of a model: steady states, growth of waves, Turing and Hopf instabilities, "
    "eigenvalues of patterns.";

constexpr const char* kFooter =
    "A small disturbance of a homogeneous state is a sum of waves, each of which grows or decays by itself.\n"
    "Printed are the states where the model rests, what they do without waves, the instabilities that they\n"
    "are past, and the growth rates over wavenumbers: 2 pi over a length, in the model's units.\n"
    "\n"
    "  uniform    leaves for another state as a whole\n"
    "  Hopf       oscillates as a whole\n"
    "  Turing     a band of wavelengths grows, and does not oscillate\n"
    "  long-wave  all waves that are long enough grow, the longer the slower\n"
    "\n"
    "--vary finds where these begin, and where states appear or vanish (fold), as a parameter goes from one\n"
    "value to another, and --codimension-2 where Turing and Hopf begin at once, over two parameters.\n"
    "--spacing takes the waves of a grid in place of those of space, as runs see them.\n"
    "\n"
    "--leading K finds the K eigenvalues of largest real part of all cells of a grid together: around each\n"
    "steady state, or with --state FILE around any state, such as the pattern that a run ended in (.npy, PNG\n"
    "or HDF5, as --initial-file of basalt pattern run takes it). Sides are those of basalt pattern run:\n"
    "  --side y=neumann:0                no flux at both sides along y; periodic where nothing is said\n"
    "\n"
    "Examples:\n"
    "  basalt pattern analyse --model schnakenberg --param a=0.1,b=0.9,Dv=20 --plot dispersion.svg\n"
    "  basalt pattern analyse --model schnakenberg --vary Dv=1:40\n"
    "  basalt pattern analyse --model brusselator --param a=3,Du=5,Dv=12 --vary b=5:15 --json\n"
    "  basalt pattern analyse --model cahn-hilliard --state 0.3 --kmax 2 --points 41\n"
    "  basalt pattern analyse --model brusselator --param a=2,Du=4 --codimension-2 b=2:9,Dv=5:40\n"
    "  basalt pattern analyse --model schnakenberg --leading 8 --size 48x48 --side x=neumann:0\n"
    "  basalt pattern analyse --model schnakenberg --leading 6 --state stripes/frame_60000.npy\n"
    "\n"
    "Exit status: 0 done; 1 failed, as where eigenvalues are not found; 2 bad usage; 3 refused for resources;\n"
    "130 cancelled (Ctrl-C).";

struct Options {
  PatternAnalysisRequest request;
  LeadingRequest leading;
  bool wants_leading = false;
  std::string plot;
};

/// "Dv=1:40"
PatternRange range_of(const std::string& option, const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::size_t colon = text.find(':', std::min(equals, text.size()));
  if (equals == 0 || colon == std::string::npos) {
    throw CLI::ValidationError(option, "'" + text + "' is not PARAMETER=FROM:TO");
  }
  return {.parameter = text.substr(0, equals),
          .from = number_of(option, text.substr(equals + 1, colon - equals - 1)),
          .to = number_of(option, text.substr(colon + 1))};
}

/// "b=5:15,Dv=1:40"
std::array<PatternRange, 2> two_ranges_of(const std::string& option, const std::string& text) {
  const std::vector<std::string> parts = split(text, ',');
  if (parts.size() != 2) {
    throw CLI::ValidationError(option, "'" + text + "' is not PARAMETER=FROM:TO,PARAMETER=FROM:TO");
  }
  return {range_of(option, parts[0]), range_of(option, parts[1])};
}

std::uint32_t number_below_2_32(const std::string& option, const std::string& text) {
  const std::uint64_t number = whole_number(option, text);
  if (number > std::numeric_limits<std::uint32_t>::max()) {
    throw CLI::ValidationError(option, "'" + text + "' is too large");
  }
  return static_cast<std::uint32_t>(number);
}

void act(Options options, bool json) {
  if (options.wants_leading) {
    options.request.leading = options.leading;
  } else if (!options.leading.file.empty()) {
    throw Error(ErrorCode::bad_usage,
                "the state '" + options.leading.file + "' is neither a number nor to be looked at without --leading",
                "give a number, or with a file the number of eigenvalues, e.g. --leading 6");
  }
  const PatternAnalysis analysis = analyse_pattern(options.request, &interrupt_token());
  if (!options.plot.empty()) {
    save_dispersion_plot(analysis, options.plot);
  }
  if (json) {
    std::cout << json_of(analysis) << '\n';
    return;
  }
  print_analysis(analysis);
}

}  // namespace

void add_pattern_analyse_command(CLI::App& pattern, Chosen& chosen) {
  const auto options = std::make_shared<Options>();
  PatternAnalysisRequest& request = options->request;
  CLI::App& command = *pattern.add_subcommand("analyse", kDescription);
  command.footer(kFooter);
  add_model_options(command, request.model, request.parameters)->required();
  add_value(command, "--state", "VALUE|FILE",
            "Around which, for models that rest at any value (cahn-hilliard) or\namplitude (nonlinear-schrodinger). "
            "Default: where runs start.\nA file: the cells that --leading looks at",
            [options](const std::string& text) {
              if (is_number(text)) {
                options->request.state = number_of("--state", text);
              } else {
                options->leading.file = text;
              }
            });
  add_value(command, "--vary", "PARAMETER=FROM:TO", "Find critical values of a parameter",
            [&request](const std::string& text) { request.vary = range_of("--vary", text); });
  add_value(command, "--codimension-2", "P=FROM:TO,Q=FROM:TO",
            "Find values of two parameters at which Turing and Hopf instabilities\nbegin at once",
            [&request](const std::string& text) { request.codimension_two = two_ranges_of("--codimension-2", text); });
  add_value(command, "--kmax", "K", "Largest wavenumber of the table. Default: past all that grow",
            [&request](const std::string& text) { request.largest_wavenumber = number_of("--kmax", text); });
  add_value(command, "--points", "N", "Wavenumbers of the table, 0 and the largest included. Default: 101",
            [&request](const std::string& text) { request.points = number_below_2_32("--points", text); });
  add_value(command, "--spacing", "LENGTH",
            "Of the cells of a grid. Default: space itself, and for --leading the\nmodel's",
            [&request](const std::string& text) { request.spacing = number_of("--spacing", text); });
  CLI::Option* const leading =
      add_value(command, "--leading", "K", "Eigenvalues of largest real part of all cells of a grid: 1 to 100",
                [options](const std::string& text) {
                  options->leading.count = number_below_2_32("--leading", text);
                  options->wants_leading = true;
                });
  add_value(command, "--size", "XxYxZ", "With --leading: cells along each axis. Default: the file's, or 64x64",
            [options](const std::string& text) { options->leading.size = grid_size("--size", text); });
  add_side_options(command, options->leading.sides, options->leading.stencil);
  for (const char* const other : {"--size", "--side", "--stencil"}) {
    command.get_option(other)->needs(leading);
  }
  add_value(command, "--plot", "FILE.svg", "Write the growth rates as a picture",
            [options](const std::string& text) { options->plot = not_empty("--plot", text); });
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen.json); }; });
}

}  // namespace basalt::cli
