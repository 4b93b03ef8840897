// basalt pattern analyse: where a model rests, which waves grow there, and where that begins.

#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <string>

#include "basalt/json.h"
#include "basalt/pattern_analysis.h"
#include "model_options.h"
#include "number.h"
#include "pattern_analysis_output.h"
#include "pattern_command.h"
#include "request_options.h"

namespace basalt::cli {
namespace {

constexpr const char* kDescription =
    "Analyse the linear stability of a model: steady states, growth of waves, Turing and Hopf instabilities.";

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
    "value to another. --spacing takes the waves of a grid in place of those of space, as runs see them.\n"
    "\n"
    "Examples:\n"
    "  basalt pattern analyse --model schnakenberg --param a=0.1,b=0.9,Dv=20 --plot dispersion.svg\n"
    "  basalt pattern analyse --model schnakenberg --vary Dv=1:40\n"
    "  basalt pattern analyse --model brusselator --param a=3,Du=5,Dv=12 --vary b=5:15 --json\n"
    "  basalt pattern analyse --model cahn-hilliard --state 0.3 --kmax 2 --points 41\n"
    "\n"
    "Exit status: 0 done; 1 failed; 2 bad usage; 130 cancelled (Ctrl-C).";

struct Options {
  PatternAnalysisRequest request;
  std::string plot;
};

/// "Dv=1:40"
PatternRange range_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::size_t colon = text.find(':', std::min(equals, text.size()));
  if (equals == 0 || colon == std::string::npos) {
    throw CLI::ValidationError("--vary", "'" + text + "' is not PARAMETER=FROM:TO");
  }
  return {.parameter = text.substr(0, equals),
          .from = number_of("--vary", text.substr(equals + 1, colon - equals - 1)),
          .to = number_of("--vary", text.substr(colon + 1))};
}

std::uint32_t points_of(const std::string& text) {
  const std::uint64_t points = whole_number("--points", text);
  if (points > std::numeric_limits<std::uint32_t>::max()) {
    throw CLI::ValidationError("--points", "'" + text + "' is too large");
  }
  return static_cast<std::uint32_t>(points);
}

void act(const Options& options, bool json) {
  const PatternAnalysis analysis = analyse_pattern(options.request);
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
  add_value(command, "--state", "VALUE",
            "Around which, for models that rest at any value (cahn-hilliard) or\namplitude (nonlinear-schrodinger). "
            "Default: where runs start",
            [&request](const std::string& text) { request.state = number_of("--state", text); });
  add_value(command, "--vary", "PARAMETER=FROM:TO", "Find critical values of a parameter",
            [&request](const std::string& text) { request.vary = range_of(text); });
  add_value(command, "--kmax", "K", "Largest wavenumber of the table. Default: past all that grow",
            [&request](const std::string& text) { request.largest_wavenumber = number_of("--kmax", text); });
  add_value(command, "--points", "N", "Wavenumbers of the table, 0 and the largest included. Default: 101",
            [&request](const std::string& text) { request.points = points_of(text); });
  add_value(command, "--spacing", "LENGTH", "Of the cells of a grid. Default: space itself",
            [&request](const std::string& text) { request.spacing = number_of("--spacing", text); });
  add_value(command, "--plot", "FILE.svg", "Write the growth rates as a picture",
            [options](const std::string& text) { options->plot = not_empty("--plot", text); });
  command.add_flag("--json", chosen.json, "Print one JSON document on standard output and nothing else");
  command.callback([options, &chosen] { chosen.act = [options, &chosen] { act(*options, chosen.json); }; });
}

}  // namespace basalt::cli
