// A state in the memory of a Vulkan device, worked on there.
#pragma once

#include <memory>
#include <vector>

#include "engine/device_cache.h"
#include "engine/norm_watch.h"
#include "engine/state_place.h"
#include "engine/verified_place.h"
#include "plan/device_stages.h"
#include "runtime/vulkan/device_field.h"

namespace basalt {

/// For a state in the memory of that device.
NormWatch watch_device(const vulkan::DeviceProperties& device, ElementType type, const DeviceLimits& limits);

/// References must outlive it.
class DevicePlace final : public StatePlace {
 public:
  /// Takes the memory of the state; what is in it is unspecified. `host` is for results. `at_boundary` is called
  /// between batches of stages, and may wait or throw.
  DevicePlace(OpenDevice& device, ElementType type, int axes, const quantum::DrawResources& host,
              std::function<void()> at_boundary);
  ~DevicePlace() override;

  [[nodiscard]] ElementType type() const override { return field_.type(); }
  void reset() override;
  PlannedCircuit plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) override;
  void execute(std::span<const Stage> stages, const Program& program,
               std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) override;
  void scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) override;
  std::unique_ptr<quantum::StateReader> reader(const quantum::QubitMap* map) override;
  /// States that wait are computed again: copies would take what is scarcest.
  std::optional<StateStore::Key> save(bool /*worth_spilling*/) override { return std::nullopt; }
  bool load(StateStore::Key /*key*/, bool /*last*/) override { return false; }

  /// Looks after the norm while stages run.
  [[nodiscard]] NormWatch& watch() noexcept { return watch_; }
  [[nodiscard]] vulkan::DeviceField& field() noexcept { return field_; }
  /// That plans for it rely on.
  [[nodiscard]] const DeviceLimits& limits() const noexcept { return limits_; }
  /// Copies `bytes` at byte offset `first` of the state to or from the host.
  void download(std::uint64_t first, std::span<std::byte> to);
  void upload(std::uint64_t first, std::span<const std::byte> from);
  /// Copies the elements whose index differs from `base` along `axes` only to the host, in order of their
  /// index.
  void download_tile(std::uint64_t base, std::uint64_t axes, std::span<std::byte> to);
  /// For a VerifiedPlace over this.
  [[nodiscard]] VerifiedPlace::Subject subject();
  /// One in-place scale of the whole state, by the device's clock.
  [[nodiscard]] double measure_sweep_seconds();

 private:
  vulkan::Staging& staging();
  double timed_scale(quantum::ControlMask keep, double scale);

  OpenDevice& device_;
  DeviceLimits limits_;
  vulkan::DeviceField field_;
  quantum::DrawResources host_;
  std::function<void()> at_boundary_;
  NormWatch watch_;
  std::unique_ptr<vulkan::Staging> staging_;  ///< From the first download on.
};

}  // namespace basalt
