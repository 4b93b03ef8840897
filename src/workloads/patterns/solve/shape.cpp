#include "workloads/patterns/solve/shape.h"

#include "workloads/patterns/solve/block_edges.h"
#include "workloads/patterns/solve/dormand_prince.h"
#include "workloads/patterns/solve/exponential.h"
#include "workloads/patterns/solve/overwrite.h"
#include "workloads/patterns/solve/time_block.h"

namespace basalt::patterns {
namespace {

/// Read plus written, a cell and species.
std::uint64_t cell_bytes(const Model& model, Precision precision, Integrator integrator) {
  const std::uint64_t fields = integrator == Integrator::rk4 ? 5 : 2;
  return fields * scalar_bytes(precision) * model.species();
}

/// States and rates of all species that an integrator holds at once.
std::size_t times_held(Integrator integrator, const Grid& grid) {
  switch (integrator) {
    case Integrator::euler:
      return overwrites(integrator, grid) ? 1 : 2;
    case Integrator::rk4:
      return 4;
    case Integrator::rk45:
      return 2 + DormandPrince::kStages;
    case Integrator::etd:
      break;
  }
  return 3;
}

/// Rows that a thread works in.
std::size_t scratch_rows(const Model& model, Integrator integrator) {
  if (integrator == Integrator::euler) {
    return 0;
  }
  return integrator == Integrator::rk4 ? model.species() + 1 : 1;
}

}  // namespace

bool overwrites(Integrator integrator, const Grid& grid) {
  return integrator == Integrator::euler && grid.axes > 1;
}

VisitShape shape_solver_visits(const Model& model, const Domain& domain, Integrator integrator,
                               const SolverLimits& limits, int threads) {
  return shape_visits(domain.grid, cell_bytes(model, domain.precision, integrator), limits.piece_bytes,
                      limits.serial_bytes, threads);
}

BlockShape shape_solver_blocks(const Model& model, const Domain& domain, Integrator integrator,
                               const SolverLimits& limits, int threads, std::size_t varying) {
  const bool pays =
      integrator == Integrator::euler && varying == 0 && domain.field_bytes() * model.species() > limits.blocking_bytes;
  return pays ? shape_blocks(domain, model, limits.steps_per_visit, limits.block_bytes, threads) : BlockShape{};
}

std::uint64_t block_edges_bytes(const Model& model, const Domain& domain, const BlockShape& blocks) {
  return count_blocks(domain, blocks) * BlockEdges::bytes(domain, model, blocks);
}

std::uint64_t solver_bytes(const Model& model, const Domain& domain, Integrator integrator, const SolverLimits& limits,
                           int threads, std::size_t varying) {
  const std::uint64_t row = domain.layout.row * scalar_bytes(domain.precision);
  const BlockShape blocks = shape_solver_blocks(model, domain, integrator, limits, threads, varying);
  const std::uint64_t scratch = blocks ? block_bytes(domain, model, blocks) : scratch_rows(model, integrator) * row;
  const std::size_t fields = times_held(integrator, domain.grid) * model.species() + model.auxiliary() + varying;
  const std::uint64_t constants = varying > 0 ? model.parameters.size() * row : 0;
  const std::uint64_t modes = integrator == Integrator::etd ? Exponential::spectral_bytes(model, domain.grid) : 0;
  std::uint64_t held = blocks ? block_edges_bytes(model, domain, blocks) : 0;
  if (overwrites(integrator, domain.grid)) {
    const VisitShape visits = shape_solver_visits(model, domain, integrator, limits, threads);
    held += Overwrite::held_bytes(domain, model, shape_pieces(domain, model, visits, limits.block_bytes));
  }
  return fields * domain.field_bytes() + static_cast<std::uint64_t>(threads) * scratch + held + constants + modes;
}

}  // namespace basalt::patterns
