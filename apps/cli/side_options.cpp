#include "side_options.h"

#include <algorithm>

#include "model_options.h"
#include "number.h"
#include "pattern_options.h"
#include "request_options.h"

namespace basalt::cli {
namespace {

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

}  // namespace

void add_side_options(CLI::App& command, std::array<std::array<Side, 2>, 3>& sides, Stencil& stencil) {
  command
      .add_option_function<std::vector<std::string>>(
          "--side",
          [&](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              set_side(text, sides);
            }
          },
          "What holds at the sides of the domain: see below; may be given more than once")
      ->type_name("AXIS=KIND[:VALUE]");
  add_value(
      command, "--stencil", "NAME", "axes (neighbours along the axes) or isotropic (2D: 9 points). Default: axes",
      [&](const std::string& text) {
        stencil = choice_of<Stencil>("--stencil", text, {{"axes", Stencil::axes}, {"isotropic", Stencil::isotropic}});
      });
}

}  // namespace basalt::cli
