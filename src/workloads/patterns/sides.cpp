#include "workloads/patterns/sides.h"

#include <fmt/format.h>

#include <cmath>

#include "basalt/error.h"

namespace basalt::patterns {
namespace {

std::string place_of(std::size_t axis, std::size_t end) {
  return fmt::format("the {} side along {}", end == 0 ? "first" : "last", "xyz"[axis]);
}

void check_side(const Side& side, const Model& model, const std::string& place) {
  if (!std::isfinite(side.value) || !std::isfinite(side.alpha) || !std::isfinite(side.beta)) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} has a value that is not finite", place), "give finite numbers");
  }
  const bool without_flux = side.kind == SideKind::neumann && side.value == 0;
  if (model.description().fourth_order && side.kind != SideKind::periodic && !without_flux) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{} is {}, and {} is of fourth order", place, name_of(side.kind), model.description().name),
                "give periodic, or neumann with the value 0 (no flux)");
  }
}

}  // namespace

Ghost make_ghost(const Side& side, double spacing) {
  switch (side.kind) {
    case SideKind::periodic:
      return {};
    case SideKind::dirichlet:
      return {.periodic = false, .constant = 2 * side.value, .factor = -1};
    case SideKind::neumann:
      return {.periodic = false, .constant = spacing * side.value, .factor = 1};
    case SideKind::robin:
      break;
  }
  const double outer = side.alpha / 2 + side.beta / spacing;
  const double inner = side.alpha / 2 - side.beta / spacing;
  if (std::abs(outer) <= 1e-12 * (std::abs(side.alpha / 2) + std::abs(side.beta / spacing))) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("alpha = {} and beta = {} of a Robin side cancel at a spacing of {}", side.alpha, side.beta,
                            spacing),
                "give both the same sign");
  }
  return {.periodic = false, .constant = side.value / outer, .factor = -inner / outer};
}

std::array<std::array<Ghost, 2>, 3> make_ghosts(const PatternRequest& request, const Model& model, const Grid& grid) {
  std::array<std::array<Ghost, 2>, 3> ghosts{};
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(grid.axes); ++axis) {
    const std::array<Side, 2>& sides = request.sides[axis];
    if ((sides[0].kind == SideKind::periodic) != (sides[1].kind == SideKind::periodic)) {
      throw Error(ErrorCode::bad_usage,
                  fmt::format("{} is periodic, and the other is not",
                              place_of(axis, sides[0].kind == SideKind::periodic ? 0 : 1)),
                  "both sides of an axis are periodic, or neither");
    }
    for (std::size_t end = 0; end < 2; ++end) {
      check_side(sides[end], model, place_of(axis, end));
      ghosts[axis][end] = make_ghost(sides[end], grid.spacing);
    }
  }
  return ghosts;
}

}  // namespace basalt::patterns
