#include "engine/pattern_inputs.h"

#include <algorithm>
#include <memory>

#include "workloads/patterns/output/grid_values.h"
#include "workloads/patterns/stability.h"

namespace basalt {
namespace {

using patterns::Grid;
using patterns::Model;

/// The values that a file holds for the cells; none without a file.
patterns::GivenValues open_values(const std::string& file, const Grid& grid, const std::vector<std::string>& names) {
  if (file.empty()) {
    return {};
  }
  const std::shared_ptr<const patterns::GridValues> values = patterns::open_grid_values(file, names);
  return {.layers = values->layers(grid),
          .read_row = [values, &grid](std::uint64_t layer, std::uint64_t y, std::uint64_t z, double* row) {
            values->read_row(grid, layer, y, z, row);
          }};
}

}  // namespace

std::vector<patterns::VaryingParameter> open_maps(const PatternRequest& request, const Model& model, const Grid& grid) {
  std::vector<patterns::VaryingParameter> varying;
  for (const auto& [name, map] : request.maps) {
    varying.push_back(patterns::make_varying(model, name, map, grid, open_values(map.file, grid, {name})));
  }
  return varying;
}

/// Parameters that vary may ask for a smaller step somewhere.
patterns::Scheme make_scheme(PatternJob& job) {
  const PatternRequest& request = job.request;
  const Grid& grid = job.domain.grid;
  patterns::check_integrator(request, grid);
  patterns::check_varying(job.model, job.varying, request.integrator);
  const std::vector<Model> models = patterns::extremes(job.model, job.varying);
  const auto limit = [&](const Model& model) {
    return patterns::largest_stable_step(model, grid, request.stencil, request.integrator);
  };
  const Model& stiffest = *std::min_element(models.begin(), models.end(),
                                            [&](const Model& a, const Model& b) { return limit(a) < limit(b); });
  patterns::Scheme scheme{
      .stencil = request.stencil,
      .integrator = request.integrator,
      .step = patterns::choose_step(stiffest, grid, request.stencil, request.integrator, request.step),
      .tolerance = request.tolerance.value_or(patterns::Scheme{}.tolerance),
      .varying = {}};
  job.report.largest_stable_step = limit(stiffest);
  for (const patterns::VaryingParameter& each : job.varying) {
    scheme.varying.push_back(each.number);
  }
  return scheme;
}

patterns::InitialValues initial_values(const PatternJob& job) {
  const Grid& grid = job.domain.grid;
  return {job.request, job.model, grid, job.request.seed,
          open_values(job.request.initial.file, grid, job.model.description().species)};
}

}  // namespace basalt
