#include "pattern_options.h"

#include <algorithm>

#include "model_options.h"
#include "number.h"
#include "request_options.h"
#include "side_options.h"

namespace basalt::cli {
namespace {

void add_grid_options(CLI::App& command, PatternRequest& request) {
  add_value(command, "--size", "XxYxZ", "Cells along each axis. Default: 256x256",
            [&](const std::string& text) { request.size = grid_size("--size", text); });
  add_value(command, "--spacing", "LENGTH", "Between cells. Default: the model's",
            [&](const std::string& text) { request.spacing = number_of("--spacing", text); });
  add_side_options(command, request.sides, request.stencil);
}

void add_time_options(CLI::App& command, PatternRequest& request) {
  add_value(command, "--steps", "N", "Steps of time. Default: 1000",
            [&](const std::string& text) { request.steps = whole_number("--steps", text); });
  add_value(command, "--step", "TIME", "Of each step. Default: the model's",
            [&](const std::string& text) { request.step = number_of("--step", text); });
  add_value(command, "--integrator", "NAME",
            "euler, rk4 (Runge-Kutta of order 4), rk45 (which chooses its steps) or etd\n(exact where it is stiff). "
            "Default: euler",
            [&](const std::string& text) {
              request.integrator = choice_of<Integrator>("--integrator", text,
                                                         {{"euler", Integrator::euler},
                                                          {"rk4", Integrator::rk4},
                                                          {"rk45", Integrator::rk45},
                                                          {"etd", Integrator::etd}});
            });
  add_value(command, "--tolerance", "ERROR", "Of rk45: most error of a step, relative to 1 + |u|. Default: 1e-5",
            [&](const std::string& text) { request.tolerance = number_of("--tolerance", text); });
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
  add_value(command, "--initial-file", "FILE", "A .npy file, PNG image or HDF5 file of the grid's shape to start from",
            [&](const std::string& text) { request.initial.file = text; });
  add_value(command, "--values", "U,V", "Of the species at first. Default: a steady state of the model",
            [&](const std::string& text) { request.initial.values = numbers_of("--values", text); });
  add_value(command, "--noise", "SIZE", "Added to each cell: uniform in ± SIZE. Default: 0.01, on a file 0",
            [&](const std::string& text) { request.initial.noise = number_of("--noise", text); });
  add_value(command, "--seed", "N", "Of the noise and the spots. Default: 0",
            [&](const std::string& text) { request.seed = whole_number("--seed", text); });
}

/// "F=x:0.01:0.08", "k=image.png" or "k=image.png:0.03:0.07"
void set_map(const std::string& text, std::map<std::string, ParameterMap>& maps) {
  const std::size_t equals = text.find('=');
  std::vector<std::string> parts =
      equals == std::string::npos ? std::vector<std::string>() : split(text.substr(equals + 1), ':');
  if (equals == 0 || parts.empty() || parts.front().empty()) {
    throw CLI::ValidationError("--map", "'" + text + "' is not NAME=AXIS:FROM:TO or NAME=FILE[:FROM:TO]");
  }
  ParameterMap map;
  const std::size_t count = parts.size();
  if (count >= 3 && is_number(parts[count - 2]) && is_number(parts[count - 1])) {
    map.from = number_of("--map", parts[count - 2]);
    map.to = number_of("--map", parts[count - 1]);
    parts.resize(count - 2);
  }
  const std::string& place = parts.front();
  if (parts.size() == 1 && place.size() == 1 && place[0] >= 'x' && place[0] <= 'z') {
    map.axis = place;
  } else {
    // a file's name may have colons of its own
    for (const std::string& part : parts) {
      map.file += (map.file.empty() ? "" : ":") + part;
    }
  }
  maps[text.substr(0, equals)] = map;
}

void add_map_option(CLI::App& command, PatternRequest& request) {
  command
      .add_option_function<std::vector<std::string>>(
          "--map",
          [&](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              set_map(text, request.maps);
            }
          },
          "A parameter that varies in space: along an axis (F=x:0.01:0.08), or as a file\nsays (k=image.png:0.03:0.07: "
          "black to white); may be given more than once")
      ->type_name("NAME=WHERE");
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

}  // namespace

void add_pattern_options(CLI::App& command, PatternRequest& request) {
  add_grid_options(command, request);
  add_time_options(command, request);
  add_initial_options(command, request);
  add_map_option(command, request);
  add_machine_options(command, request);
}

}  // namespace basalt::cli
