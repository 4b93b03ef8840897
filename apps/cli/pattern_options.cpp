#include "pattern_options.h"

#include <algorithm>
#include <charconv>

#include "model_options.h"
#include "number.h"
#include "request_options.h"

namespace basalt::cli {
namespace {

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

bool is_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
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
