// A pattern in the host's memory.
#pragma once

#include <memory>

#include "engine/occupancy.h"
#include "engine/pattern_job.h"
#include "engine/pattern_place.h"

namespace basalt {

/// Of the host's memory: the fields and what threads work in.
std::uint64_t host_pattern_bytes(const PatternRequest& request, const patterns::Model& model,
                                 const patterns::Domain& domain, const PlanLimits& limits, int threads);

/// References must outlive it.
class HostPattern final : public PatternPlace {
 public:
  HostPattern(const PatternJob& job, Lease& lease, MemoryResource& memory, Arena& arena);

  void write_initial_state(const patterns::InitialValues& initial) override;
  void advance(std::uint64_t steps, const OnProgress& on_progress) override;
  std::optional<patterns::Place> find_blow_up() override;
  std::vector<SpeciesSummary> summarise() override;
  void read_row(std::size_t species, std::uint64_t y, std::uint64_t z, void* row) override;
  [[nodiscard]] int steps_per_visit() const override { return static_cast<int>(solver_->steps_per_visit()); }
  [[nodiscard]] std::uint64_t visits() const override { return solver_->visits(); }
  [[nodiscard]] double bytes_moved() const override { return solver_->bytes_moved(); }
  [[nodiscard]] const AdaptiveSteps* adaptive() const override { return solver_->adaptive(); }
  [[nodiscard]] double waited_seconds() const override { return occupancy_.waited_seconds(); }
  double measure_scale_seconds() override;

 private:
  const PatternJob& job_;
  MemoryResource& memory_;
  Arena& arena_;
  Occupancy occupancy_;
  std::unique_ptr<patterns::Solver> solver_;
};

}  // namespace basalt
