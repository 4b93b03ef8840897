// How a solver cuts its work, and what memory that takes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "workloads/patterns/model.h"
#include "workloads/patterns/solve/block.h"
#include "workloads/patterns/solve/domain.h"
#include "workloads/patterns/solve/visit.h"

namespace basalt::patterns {

/// What depends on the machine and changes no result.
struct SolverLimits {
  std::uint64_t piece_bytes = std::uint64_t{4} << 20;
  std::uint64_t serial_bytes = std::uint64_t{256} << 10;
  /// Euler steps in one visit of a plane whose fields take more than `blocking_bytes`; 1: never several.
  std::uint64_t steps_per_visit = 1;
  std::uint64_t blocking_bytes = 0;
  std::uint64_t block_bytes = std::uint64_t{256} << 10;  ///< What one holds of it: a thread's own cache, or half.
};

/// Bytes that a solver on `threads` threads holds at once, `varying` being how many parameters vary in space.
std::uint64_t solver_bytes(const Model& model, const Domain& domain, Integrator integrator, const SolverLimits& limits,
                           int threads, std::size_t varying = 0);

/// Whether steps overwrite the cells they read. A row alone has no neighbours that could be looked at before.
bool overwrites(Integrator integrator, const Grid& grid);

VisitShape shape_solver_visits(const Model& model, const Domain& domain, Integrator integrator,
                               const SolverLimits& limits, int threads);

/// Of visits that do several steps; none where one step each is as fast.
BlockShape shape_solver_blocks(const Model& model, const Domain& domain, Integrator integrator,
                               const SolverLimits& limits, int threads, std::size_t varying);

/// What lies around all blocks.
std::uint64_t block_edges_bytes(const Model& model, const Domain& domain, const BlockShape& blocks);

}  // namespace basalt::patterns
