#include "workloads/patterns/varying.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "basalt/error.h"
#include "workloads/patterns/stability.h"

namespace basalt::patterns {
namespace {

/// From `from` at the first cell along an axis to `to` at the last.
void make_gradient(const ParameterMap& map, const std::string& name, const Grid& grid, VaryingParameter& varying) {
  const std::size_t axis = std::string_view("xyz").find(map.axis);
  if (axis >= static_cast<std::size_t>(grid.axes)) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} cannot vary along '{}'", name, map.axis),
                "give an axis that the grid has: x, y or z");
  }
  if (!map.from || !map.to) {
    throw Error(ErrorCode::bad_usage, fmt::format("{} varies along {}, but not from where to where", name, map.axis),
                "give both values: x:0.01:0.08");
  }
  const double from = *map.from;
  const double step = (*map.to - from) / static_cast<double>(grid.size[axis] - 1);
  const std::uint64_t cells = grid.size[0];
  varying.least = std::min(from, *map.to);
  varying.most = std::max(from, *map.to);
  varying.read_row = [axis, from, step, cells](std::uint64_t y, std::uint64_t z, double* row) {
    for (std::uint64_t x = 0; x < cells; ++x) {
      const std::array<std::uint64_t, 3> place = {x, y, z};
      row[x] = from + step * static_cast<double>(place[axis]);
    }
  };
}

void make_image(const ParameterMap& map, const std::string& name, const Grid& grid, const GivenValues& given,
                VaryingParameter& varying) {
  if (given.layers != 1) {
    throw Error(ErrorCode::bad_usage, fmt::format("the file of {} holds {} grids", name, given.layers),
                "give a file of one");
  }
  if (map.from.has_value() != map.to.has_value()) {
    throw Error(ErrorCode::bad_usage, fmt::format("of the values of {} one end is given", name),
                "give both, or neither");
  }
  const double from = map.from.value_or(0);
  const double width = map.from ? *map.to - from : 1;
  const std::uint64_t cells = grid.size[0];
  varying.read_row = [read = given.read_row, from, width, cells](std::uint64_t y, std::uint64_t z, double* row) {
    read(0, y, z, row);
    std::transform(row, row + cells, row, [&](double value) { return from + width * value; });
  };
  varying.least = std::numeric_limits<double>::infinity();
  varying.most = -varying.least;
  std::vector<double> row(cells);
  for (std::uint64_t i = 0; i < grid.rows(); ++i) {
    varying.read_row(i % grid.size[1], i / grid.size[1], row.data());
    const auto [least, most] = std::minmax_element(row.begin(), row.end());
    varying.least = std::min(varying.least, *least);
    varying.most = std::max(varying.most, *most);
  }
}

}  // namespace

VaryingParameter make_varying(const Model& model, const std::string& name, const ParameterMap& map, const Grid& grid,
                              const GivenValues& given) {
  VaryingParameter varying;
  if (map.file.empty()) {
    make_gradient(map, name, grid, varying);
  } else {
    make_image(map, name, grid, given, varying);
  }
  // refuses names and values as it does those of all cells
  for (const double value : {varying.least, varying.most}) {
    make_model(model.description().name, {{name, value}});
  }
  varying.number = parameter_number(model.description(), name);
  return varying;
}

void check_varying(const Model& model, const std::vector<VaryingParameter>& varying, Integrator integrator) {
  for (const VaryingParameter& each : varying) {
    Model other = model;
    other.parameters[each.number] += 1;
    if (integrator == Integrator::etd && linear_growth(other, 1) != linear_growth(model, 1)) {
      throw Error(ErrorCode::unsupported,
                  fmt::format("etd steps in waves, to which {} is the same everywhere",
                              model.description().parameters[each.number].name),
                  "let it be the same everywhere, or give --integrator rk45");
    }
  }
}

std::vector<Model> extremes(const Model& model, const std::vector<VaryingParameter>& varying) {
  std::vector<Model> models = {model};
  for (const VaryingParameter& each : varying) {
    const std::size_t count = models.size();
    for (std::size_t i = 0; i < count; ++i) {
      models.push_back(models[i]);
      models[i].parameters[each.number] = each.least;
      models.back().parameters[each.number] = each.most;
    }
  }
  return models;
}

}  // namespace basalt::patterns
