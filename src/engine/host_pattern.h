// A pattern in the host's memory.
#pragma once

#include <memory>

#include "basalt/memory/spill.h"
#include "engine/occupancy.h"
#include "engine/pattern_job.h"
#include "engine/pattern_place.h"

namespace basalt {

/// What a machine's limits mean for a solver; as many steps in a visit as are asked for, or as pay.
patterns::SolverLimits solver_limits(std::optional<int> steps_per_visit, const PlanLimits& limits);

/// Of the host's memory: the fields and what threads work in.
std::uint64_t host_pattern_bytes(const PatternRequest& request, const patterns::Model& model,
                                 const patterns::Domain& domain, const PlanLimits& limits, int threads);

/// References must outlive it.
class HostPattern final : public PatternPlace {
 public:
  HostPattern(PatternJob& job, Lease& lease, MemoryResource& memory, Arena& arena);

  void write_initial_state(const patterns::InitialValues& initial) override;
  void write_rows(std::size_t species, std::uint64_t first_row, std::span<const std::byte> rows) override;
  void prepare_steps() override;
  void advance(std::uint64_t steps, const OnProgress& on_progress) override;
  std::optional<patterns::Place> find_blow_up() override;
  std::vector<SpeciesSummary> summarise() override;
  void read_row(std::size_t species, std::uint64_t y, std::uint64_t z, void* row) override;
  [[nodiscard]] int steps_per_visit() const override { return static_cast<int>(solver_->steps_per_visit()); }
  [[nodiscard]] std::uint64_t visits() const override { return visits_before_ + solver_->visits(); }
  [[nodiscard]] double bytes_moved() const override { return bytes_moved_before_ + solver_->bytes_moved(); }
  [[nodiscard]] const AdaptiveSteps* adaptive() const override { return solver_->adaptive(); }
  void go_on(const AdaptiveSteps& steps) override { solver_->go_on(steps); }
  [[nodiscard]] double waited_seconds() const override { return occupancy_.waited_seconds(); }
  double measure_scale_seconds() override;

 private:
  /// On all threads: pages are touched by those who will work on them. `values` are a thread's own, for a row.
  using OnRow = std::function<void(std::uint64_t y, std::uint64_t z, std::vector<double>& values)>;
  void for_each_row(std::uint64_t first, std::uint64_t count, const OnRow& on_row);
  [[nodiscard]] std::unique_ptr<patterns::Solver> make_solver() const;
  bool give_memory_up();
  void take_memory_back();

  PatternJob& job_;
  MemoryResource& memory_;
  Arena& arena_;
  Occupancy occupancy_;
  std::unique_ptr<patterns::Solver> solver_;
  SpillFile::Item cells_;            ///< While another job has the memory.
  AdaptiveSteps adaptive_before_;    ///< The same; of a method that chooses its steps.
  std::uint64_t visits_before_ = 0;  ///< Of solvers before this one.
  double bytes_moved_before_ = 0;    ///< The same.
};

}  // namespace basalt
