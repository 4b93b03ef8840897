// Steps of time over the cells of a domain.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "basalt/arena.h"
#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "workloads/patterns/kernels/rows.h"
#include "workloads/patterns/model.h"
#include "workloads/patterns/solve/domain.h"
#include "workloads/patterns/solve/dormand_prince.h"
#include "workloads/patterns/solve/exponential.h"
#include "workloads/patterns/solve/overwrite.h"
#include "workloads/patterns/solve/shape.h"
#include "workloads/patterns/solve/time_block.h"
#include "workloads/patterns/solve/visit.h"

namespace basalt::patterns {

/// How a step is computed.
struct Scheme {
  Stencil stencil = Stencil::axes;
  Integrator integrator = Integrator::euler;
  double step = 0;                     ///< Of time.
  double tolerance = 1e-5;             ///< Of rk45.
  std::vector<std::size_t> varying{};  ///< Numbers of the parameters that vary in space.
};

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
  /// The same of cells in the precision of the domain.
  void write_row(std::size_t species, std::uint64_t y, std::uint64_t z, std::span<const std::byte> cells);

  /// All species with what lies around them, as one piece of memory: what another solver of the same kind goes on from,
  /// once it has them.
  [[nodiscard]] std::span<const std::byte> cells();
  [[nodiscard]] std::span<std::byte> overwrite_cells();

  /// Sets a row of the varying parameter `index` of the scheme, as write_row does.
  void write_parameter_row(std::size_t index, std::uint64_t y, std::uint64_t z, std::span<const double> values);

  /// So many steps. Throws Error(cancelled) between pieces: the state is then lost.
  void advance(std::uint64_t steps, const CancelToken& cancel);

  /// Of rk45, what its steps were so far; else null.
  [[nodiscard]] const AdaptiveSteps* adaptive() const noexcept;
  /// Goes on as a solver that did these. Of rk45, before the first step.
  void go_on(const AdaptiveSteps& steps) noexcept;

  /// From now on, instead of what the limits said; for those who compare.
  void set_steps_per_visit(std::uint64_t steps);
  /// The steps that one visit does, where as many are asked for.
  [[nodiscard]] std::uint64_t steps_per_visit() const noexcept;
  /// Visits of the whole grid so far, and bytes read plus written by them.
  [[nodiscard]] std::uint64_t visits() const noexcept { return visits_; }
  [[nodiscard]] double bytes_moved() const noexcept { return bytes_moved_; }

 private:
  struct Stage;
  void fill_ghosts(const Cells& cells, std::size_t fields);
  void compute_auxiliary(const Cells& from, const CancelToken& cancel);
  void fill_constant_rows();
  [[nodiscard]] RowStep row_step(const Cells& from, const Stretch& stretch) const;
  void shape_blocks_of_visits();
  void advance_blocks(std::uint64_t steps, const CancelToken& cancel);
  void fill_stale_ends();
  void advance_by_one(const CancelToken& cancel);
  void advance_euler(const CancelToken& cancel);
  void advance_rk4(const CancelToken& cancel);
  void advance_rk45(const CancelToken& cancel);
  void advance_etd(const CancelToken& cancel);
  /// ∂u/∂t at all cells of `at`, into `to`.
  void compute_rates(const Cells& at, const Cells& to, const CancelToken& cancel);
  [[nodiscard]] double bytes_of_rates() const noexcept;
  void run_stage(const Stage& stage, const CancelToken& cancel);
  void finish(const Cells& cells, const Stretch& stretch) const;
  void finish_single_row(const Cells& cells) const;

  const Model& model_;
  const Domain domain_;
  const Scheme scheme_;
  SolverLimits limits_;
  MemoryResource& memory_;
  const Arena& arena_;
  const std::size_t species_;
  const std::size_t fields_;  ///< With the auxiliary one.
  const double laplacian_scale_;
  const Neighbours neighbours_;
  const VisitShape shape_;
  BlockShape blocks_;
  bool ends_stale_ = false;           ///< Blocks left the ghost cells at the ends of rows as they were.
  std::atomic<bool> written_ = true;  ///< Since the last step in place.
  std::uint64_t visits_ = 0;
  double bytes_moved_ = 0;
  Cells now_;
  Cells next_;         ///< Euler on a line: the species one step later. Runge-Kutta: where a stage looks.
  Cells other_;        ///< Runge-Kutta: where the next stage looks.
  Cells accumulated_;  ///< Runge-Kutta: the species one step later, so far.
  Cells auxiliary_;
  Cells varying_;         ///< Values of the parameters that vary.
  Buffer constant_rows_;  ///< A row of each parameter, of which those of the others count.
  Buffer block_edges_;
  std::unique_ptr<Overwrite> overwrite_;  ///< Of Euler, but on a line.
  std::unique_ptr<DormandPrince> dormand_prince_;
  std::unique_ptr<Exponential> exponential_;
};

}  // namespace basalt::patterns
