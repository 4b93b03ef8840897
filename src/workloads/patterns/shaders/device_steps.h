// Steps of time as commands of a device: what is read and written, in which dispatches.
#pragma once

#include <array>
#include <cstdint>

#include "runtime/vulkan/commands.h"
#include "workloads/patterns/shaders/device_setup.h"
#include "workloads/patterns/solve/solver.h"

namespace basalt::patterns {

/// Fields that it holds: the species twice, and what a method of integration needs besides.
std::size_t device_fields(const Model& model, Integrator integrator);

/// Holds the cells, and records what becomes of them. Where the species lie is a number, 0 or 1, which a visit of
/// Euler's method turns over. References must outlive it.
class DeviceSteps {
 public:
  /// The most steps that any visit makes.
  static constexpr std::uint32_t kMostPerVisit = 8;

  /// Throws Error(out_of_resources).
  DeviceSteps(const DeviceSetup& setup, const Scheme& scheme);

  [[nodiscard]] const DeviceCells& species(std::size_t now) const noexcept { return species_[now]; }

  /// Whether one visit can make so many.
  [[nodiscard]] bool can_visit(std::uint32_t steps) const noexcept;

  /// What was recorded.
  struct Work {
    std::uint64_t visits = 0;  ///< Of the whole grid.
    double bytes = 0;          ///< Read plus written.
    std::size_t now = 0;       ///< Where the species lie afterwards.
  };
  /// So many steps, of which a visit makes `per_visit`, which can_visit() must allow.
  Work record(vulkan::Commands& commands, std::uint64_t steps, std::uint32_t per_visit, std::size_t now) const;

 private:
  struct Stage;
  void record_euler(vulkan::Commands& commands, std::size_t now) const;
  void record_runge_kutta(vulkan::Commands& commands, std::size_t at) const;
  void record_auxiliary(vulkan::Commands& commands, const DeviceCells& at) const;
  void record_stage(vulkan::Commands& commands, const Stage& stage) const;
  template <typename Real>
  void dispatch_stage(vulkan::Commands& commands, const Stage& stage) const;
  void record_tiles(vulkan::Commands& commands, std::uint32_t steps, std::size_t now) const;
  template <typename Real>
  void dispatch_tiles(vulkan::Commands& commands, std::uint32_t steps, std::size_t now) const;

  const DeviceSetup& setup_;
  const Scheme scheme_;
  const std::uint32_t tile_threads_;    ///< Of a workgroup of steps.comp; 0: this grid is not for it.
  std::array<DeviceCells, 2> species_;  ///< Runge-Kutta: now, and where a stage looks.
  DeviceCells other_;                   ///< Runge-Kutta: where the next stage looks.
  DeviceCells accumulated_;             ///< Runge-Kutta: the species one step later, so far.
  DeviceCells auxiliary_;
};

}  // namespace basalt::patterns
