// A pattern in the memory of a Vulkan device.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/pattern_job.h"
#include "engine/pattern_place.h"
#include "workloads/patterns/shaders/device_solver.h"

namespace basalt {

/// Of fewer steps a run is over before it is known how many a visit should make.
inline constexpr std::uint64_t kStepsWorthTuning = 200;

/// The domain of a job, as a device solves on it.
patterns::DeviceDomain device_domain_of(const PatternJob& job);

/// Opens the device that the request names, or the first, and tells the report. Throws Error(unsupported) where it
/// lacks the precision, Error(out_of_resources) where the fields do not fit.
void open_pattern_device(PatternJob& job, const std::string& name);

/// Of the device's memory, for the ledger; and of the host's beside it.
std::vector<HeapBytes> device_pattern_heaps(const PatternJob& job);
std::uint64_t device_pattern_host_bytes(const PatternJob& job);

/// References must outlive it.
class DevicePattern final : public PatternPlace {
 public:
  DevicePattern(PatternJob& job, Lease& lease, MemoryResource& memory, Arena& arena);

  void write_initial_state(const patterns::InitialValues& initial) override;
  void write_rows(std::size_t species, std::uint64_t first_row, std::span<const std::byte> rows) override;
  void prepare_steps() override;
  void advance(std::uint64_t steps, const OnProgress& on_progress) override;
  std::optional<patterns::Place> find_blow_up() override;
  std::vector<SpeciesSummary> summarise() override;
  void read_row(std::size_t species, std::uint64_t y, std::uint64_t z, void* row) override;
  [[nodiscard]] int steps_per_visit() const override { return static_cast<int>(solver_.steps_per_visit()); }
  [[nodiscard]] std::uint64_t visits() const override { return solver_.visits(); }
  [[nodiscard]] double bytes_moved() const override { return solver_.bytes_moved(); }
  double measure_scale_seconds() override { return solver_.measure_scale_seconds(); }

 private:
  PatternJob& job_;
  Lease& lease_;
  MemoryResource& memory_;
  Arena& arena_;
  const patterns::DeviceDomain domain_;
  patterns::DeviceSolver solver_;
};

}  // namespace basalt
