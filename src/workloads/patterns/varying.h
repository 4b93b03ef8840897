// Parameters that vary in space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "basalt/pattern.h"
#include "workloads/patterns/given_values.h"
#include "workloads/patterns/grid.h"
#include "workloads/patterns/model.h"

namespace basalt::patterns {

/// One of a model's parameters, as a function of the cell.
struct VaryingParameter {
  std::size_t number = 0;  ///< Of the model's.
  double least = 0;
  double most = 0;
  std::function<void(std::uint64_t y, std::uint64_t z, double* row)> read_row{};
};

/// `given` are the values of the map's file, where it has one. Throws Error(bad_usage) for a parameter that the model
/// does not have, an axis that the grid does not have, a file of several layers, and values that it may not have.
VaryingParameter make_varying(const Model& model, const std::string& name, const ParameterMap& map, const Grid& grid,
                              const GivenValues& given);

/// Throws Error(unsupported) for etd where a parameter of the linear part of the equations, which is the same in all
/// cells there, varies.
void check_varying(const Model& model, const std::vector<VaryingParameter>& varying, Integrator integrator);

/// The model with the least and most of the varying parameters, in all combinations: what holds of each, and depends on
/// each parameter in one direction, holds of every cell.
std::vector<Model> extremes(const Model& model, const std::vector<VaryingParameter>& varying);

}  // namespace basalt::patterns
