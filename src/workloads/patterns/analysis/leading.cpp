#include "workloads/patterns/analysis/leading.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "basalt/memory.h"
#include "base/printable.h"
#include "workloads/patterns/analysis/grid_jacobian.h"
#include "workloads/patterns/analysis/krylov_schur.h"
#include "workloads/patterns/output/grid_values.h"

namespace basalt::patterns {
namespace {

constexpr std::uint32_t kMostEigenvalues = 100;

/// The cells of a file along x, y, z: its shape but for the axis of the species.
std::vector<std::uint64_t> size_of(const GridValues& values, std::size_t species) {
  std::vector<std::uint64_t> size = values.shape();
  if (size.size() > 1 && size.front() == species) {
    size.erase(size.begin());
  }
  std::reverse(size.begin(), size.end());
  return size;
}

Domain make_domain(const Model& model, const LeadingRequest& request, const Grid& grid) {
  PatternRequest run;
  run.sides = request.sides;
  return {.grid = grid,
          .layout = make_layout(grid, Precision::double_precision),
          .precision = Precision::double_precision,
          .ghosts = make_ghosts(run, model, grid)};
}

void check(const LeadingRequest& request, std::uint64_t unknowns) {
  const std::uint64_t most = std::min<std::uint64_t>(kMostEigenvalues, unknowns);
  if (request.count < 1 || request.count > most) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("{} leading eigenvalues of {} unknowns were asked for", request.count, unknowns),
                fmt::format("give 1 to {}", most));
  }
}

/// What one state takes: the search, its Jacobian matrix, itself.
void check_memory(const LeadingRequest& request, const Model& model, const Domain& domain, const Limit& limit) {
  const std::uint64_t unknowns = model.species() * domain.grid.cells();
  const std::uint64_t bytes =
      rightmost_bytes(unknowns, request.count) + GridJacobian::most_bytes(model, domain) + unknowns * sizeof(double);
  if (bytes > limit.value) {
    throw Error(ErrorCode::out_of_resources,
                fmt::format("{} leading eigenvalues of {} unknowns take {}, and there are {} ({})", request.count,
                            unknowns, format_bytes(bytes), format_bytes(limit.value), limit.source),
                "ask for fewer, or on a smaller grid");
  }
}

void read_state(const GridValues& values, const std::string& file, const Model& model, const Grid& grid,
                double* state) {
  const std::uint64_t layers = values.layers(grid);
  if (layers != model.species()) {
    throw Error(ErrorCode::bad_input,
                fmt::format("{} holds {} grids, and {} has {} species", in_quotes(file, 200), layers,
                            model.description().name, model.species()),
                "give a file with one grid for each species");
  }
  for (std::uint64_t layer = 0; layer < layers; ++layer) {
    for (std::uint64_t row = 0; row < grid.rows(); ++row) {
      values.read_row(grid, layer, row % grid.size[1], row / grid.size[1],
                      state + layer * grid.cells() + row * grid.size[0]);
    }
  }
}

}  // namespace

LeadingReport leading_eigenvalues(const Model& model, const LeadingRequest& request, double spacing,
                                  const std::vector<RestingState>& states, const CancelToken& cancel) {
  std::unique_ptr<GridValues> values;
  std::vector<std::uint64_t> size = {64, 64};
  if (!request.file.empty()) {
    values = open_grid_values(request.file, model.description().species);
    size = size_of(*values, model.species());
  }
  const Grid grid = make_grid(request.size.empty() ? size : request.size, spacing);
  const Domain domain = make_domain(model, request, grid);
  const std::uint64_t unknowns = model.species() * grid.cells();
  const Limit limit = take_inventory().memory_bytes;
  check(request, unknowns);
  check_memory(request, model, domain, limit);

  LeadingReport report{.size = {grid.size.begin(), grid.size.begin() + grid.axes},
                       .spacing = spacing,
                       .stencil = request.stencil,
                       .file = request.file,
                       .seed = request.seed,
                       .states = {}};
  HostMemory host;
  LimitAdaptor memory(host, limit.value);
  const auto add = [&](const double* state, const std::vector<double>& homogeneous) {
    const GridJacobian jacobian(model, domain, request.stencil, {state, unknowns}, memory);
    const LinearMap map = [&](const double* from, double* to) { jacobian.apply(from, to); };
    const Rightmost found = rightmost_eigenvalues(map, unknowns, request.count, request.seed, memory, cancel);
    LeadingEigenvalues leading{.values = homogeneous,
                               .rotation = jacobian.rotation(),
                               .residual = jacobian.residual(),
                               .eigenvalues = {},
                               .products = found.products};
    for (const RitzValue& each : found.values) {
      leading.eigenvalues.push_back({each.value, each.residual});
    }
    report.states.push_back(std::move(leading));
  };
  const Buffer state(memory, unknowns * sizeof(double));
  if (values) {
    read_state(*values, request.file, model, grid, state.as<double>());
    add(state.as<double>(), {});
    return report;
  }
  for (const RestingState& each : states) {
    for (std::size_t species = 0; species < model.species(); ++species) {
      std::fill_n(state.as<double>() + species * grid.cells(), grid.cells(), each.values[species]);
    }
    add(state.as<double>(), each.values);
  }
  return report;
}

}  // namespace basalt::patterns
