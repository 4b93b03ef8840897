// Steps of time over the cells of a domain in a device's memory.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/pattern.h"
#include "runtime/vulkan/commands.h"
#include "workloads/patterns/shaders/device_look.h"
#include "workloads/patterns/shaders/device_rows.h"
#include "workloads/patterns/shaders/device_setup.h"
#include "workloads/patterns/shaders/device_steps.h"
#include "workloads/patterns/solve/solver.h"
#include "workloads/patterns/solve/summary.h"

namespace basalt::patterns {

/// The memory of a device that a solver takes.
std::uint64_t device_solver_bytes(const Model& model, const DeviceDomain& domain, Integrator integrator,
                                  const vulkan::DevicePlan& plan);
/// Of the host, besides.
std::uint64_t device_solver_host_bytes(const DeviceDomain& domain, const vulkan::DevicePlan& plan);

/// For one thread. References must outlive it. Errors: out_of_resources, device_lost, cancelled (the state is then
/// lost).
class DeviceSolver {
 public:
  /// The most steps that any visit makes.
  static constexpr std::uint32_t kMostStepsPerVisit = DeviceSteps::kMostPerVisit;

  /// Takes its memory: every row of every species is written before the first step. Throws Error(unsupported) for rows
  /// that the device does not hold. `host` is for rows that are read.
  DeviceSolver(const Model& model, const DeviceDomain& domain, const Scheme& scheme, const DeviceShape& shape,
               vulkan::DeviceMemory& memory, vulkan::Pipelines& pipelines, MemoryResource& host,
               const CancelToken& cancel);
  ~DeviceSolver();

  [[nodiscard]] const DeviceDomain& domain() const noexcept { return setup_.domain(); }
  [[nodiscard]] const DeviceLayout& layout() const noexcept { return setup_.layout(); }

  /// Rows of a species from `first_row` on (row y + size[1] · z), layout().row_bytes from one to the next.
  void write_rows(std::size_t species, std::uint64_t first_row, std::span<const std::byte> rows);
  /// The first cell of a row, until the next call of anything.
  const std::byte* read_row(std::size_t species, std::uint64_t y, std::uint64_t z);

  /// Starts so many steps. Returns while the last of them may still run.
  void advance(std::uint64_t steps);

  /// The first cell, by species and then in order, that holds no finite number.
  std::optional<Place> find_blow_up();
  /// Mean, extremes and standard deviation of each species. In f32, sums over a block of cells are as exact as that.
  std::vector<SpeciesSummary> summarise();

  /// How many steps one visit of the grid makes from now on, 1 to kMostStepsPerVisit: what was measured to be fastest.
  /// No result depends on it, and the state does not change.
  std::uint32_t tune();
  /// Whether visits can make so many.
  [[nodiscard]] bool can_visit(std::uint32_t steps) const noexcept { return steps_.can_visit(steps); }
  /// As many of these as visits can make.
  void set_steps_per_visit(std::uint32_t steps);
  [[nodiscard]] std::uint32_t steps_per_visit() const noexcept { return steps_per_visit_; }

  /// Of the grid, so far, and what they read and wrote.
  [[nodiscard]] std::uint64_t visits() const noexcept { return visits_; }
  [[nodiscard]] double bytes_moved() const noexcept { return bytes_moved_; }
  /// What the steps so far took, by the device's clock; 0 where it has none. Waits for them.
  double device_seconds();
  /// One in-place scale of all species, by the device's clock; 0 where it has none. The least of a few.
  double measure_scale_seconds();

 private:
  /// What is recorded once and submitted again and again.
  struct Run {
    vulkan::Commands commands;
    DeviceSteps::Work work;
  };
  /// Steps, where the species lie before them, and which of two that take turns.
  using RunKey = std::array<std::uint64_t, 3>;

  Run& recorded(std::uint64_t steps);
  [[nodiscard]] double measure_visit(std::uint32_t steps);
  void settle();

  vulkan::DeviceMemory& memory_;
  const CancelToken& cancel_;
  DeviceSetup setup_;
  DeviceSteps steps_;
  DeviceRows rows_;
  std::size_t now_ = 0;
  std::uint32_t steps_per_visit_ = 1;
  std::uint64_t visits_ = 0;
  double bytes_moved_ = 0;
  double device_seconds_ = 0;
  std::uint64_t submissions_ = 0;
  // what they run uses the memory
  DeviceLook look_;
  std::map<RunKey, Run> runs_;
  Run* pending_ = nullptr;
  vulkan::Moment pending_until_;
};

}  // namespace basalt::patterns
