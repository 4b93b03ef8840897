// Steps of time over the cells of a domain.
#pragma once

#include <cstdint>
#include <span>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "workloads/patterns/kernels/rows.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/solve/domain.h"
#include "workloads/patterns/solve/visit.h"

namespace basalt::patterns {

/// How a step is computed.
struct Scheme {
  Stencil stencil = Stencil::axes;
  Integrator integrator = Integrator::euler;
  double step = 0;  ///< Of time.
};

/// What depends on the machine and changes no result.
struct SolverLimits {
  std::uint64_t piece_bytes = std::uint64_t{4} << 20;
  std::uint64_t serial_bytes = std::uint64_t{256} << 10;
  /// Fields of more bytes are written around the caches.
  std::uint64_t streaming_bytes = std::uint64_t{64} << 20;
};

/// Fields that a solver holds at once, and thus its memory: `fields` · Domain::field_bytes() and, for each thread,
/// `scratch_rows` rows.
struct SolverMemory {
  std::size_t fields = 0;
  std::size_t scratch_rows = 0;
};
SolverMemory solver_memory(const Model& model, Integrator integrator);

/// For one thread, which uses those of the arena. References must outlive it.
class Solver {
 public:
  /// Takes its memory, untouched: every row of every species is written before the first step.
  Solver(const Model& model, const Domain& domain, const Scheme& scheme, const SolverLimits& limits,
         MemoryResource& memory, const Arena& arena);

  [[nodiscard]] const Domain& domain() const noexcept { return domain_; }

  /// The first cell of a row of a species.
  [[nodiscard]] const std::byte* row(std::size_t species, std::uint64_t y, std::uint64_t z) const noexcept;
  /// Sets a row, rounded to the precision; `values` are its cells. Any thread, each row on one.
  void write_row(std::size_t species, std::uint64_t y, std::uint64_t z, std::span<const double> values);

  /// One step. Throws Error(cancelled) between pieces: the state is then lost.
  void advance(const CancelToken& cancel);

  /// Visits of the whole grid by a step, and bytes read plus written by a step.
  [[nodiscard]] std::uint64_t visits_per_step() const noexcept;
  [[nodiscard]] double bytes_per_step() const noexcept;

 private:
  struct Stage;
  void fill_ghosts(const Cells& cells, std::size_t fields);
  void compute_auxiliary(const Cells& from, const CancelToken& cancel);
  [[nodiscard]] RowStep row_step(const Cells& from, const Stretch& stretch) const;
  void advance_euler(const CancelToken& cancel);
  void advance_rk4(const CancelToken& cancel);
  void run_stage(const Stage& stage, const CancelToken& cancel);
  void finish(const Cells& cells, const Stretch& stretch) const;
  void finish_single_row(const Cells& cells) const;

  const Model& model_;
  const Domain domain_;
  const Scheme scheme_;
  const SolverLimits limits_;
  MemoryResource& memory_;
  const Arena& arena_;
  const std::size_t species_;
  const Neighbours neighbours_;
  const VisitShape shape_;
  const bool stream_;
  Cells now_;
  Cells next_;         ///< Euler: the species one step later. Runge-Kutta: where a stage looks.
  Cells other_;        ///< Runge-Kutta: where the next stage looks.
  Cells accumulated_;  ///< Runge-Kutta: the species one step later, so far.
  Cells auxiliary_;
};

}  // namespace basalt::patterns
