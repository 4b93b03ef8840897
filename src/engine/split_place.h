// A state that is split over the memories of several Vulkan devices by the highest bits of an element's index. Each
// works on its part; between runs of stages, axes change places so that what is mixed next lies inside of the parts.
#pragma once

#include <memory>
#include <vector>

#include "engine/device_job.h"
#include "engine/device_place.h"
#include "engine/state_place.h"
#include "plan/split_plan.h"
#include "workloads/quantum/shaders/part_exchange.h"

namespace basalt {

/// For devices that have tiles of the same size. Pure.
PlannedCircuit plan_for_parts(PlannedCircuit lowered, ElementType type, int axes, const DeviceLimits& limits,
                              std::size_t parts, const AxisPlaces& places);

/// The limits that hold for every one of some devices. Pure.
DeviceLimits common_limits(const std::vector<DeviceLimits>& limits);

/// References must outlive it.
class SplitPlace final : public StatePlace {
 public:
  /// Takes the memory of the state; what is in it is unspecified. `host` is for results and for what goes from part to
  /// part. `at_boundary` as DevicePlace has it.
  SplitPlace(const OpenDevices& devices, ElementType type, int axes, const quantum::DrawResources& host,
             const std::function<void()>& at_boundary);
  ~SplitPlace() override;

  [[nodiscard]] ElementType type() const override { return parts_.front()->type(); }
  void reset() override;
  /// Plans go on from where the axes lie now: what is planned must be executed before the next plan is made.
  PlannedCircuit plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) override;
  void execute(std::span<const Stage> stages, const Program& program,
               std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) override;
  void scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) override;
  std::unique_ptr<quantum::StateReader> reader(const quantum::QubitMap* map) override;
  /// As DevicePlace.
  std::optional<StateStore::Key> save(bool /*worth_spilling*/) override { return std::nullopt; }
  bool load(StateStore::Key /*key*/, bool /*last*/) override { return false; }

  /// Looks after all parts from the next plan on, with so many tiles of all together. `memory` must outlive this.
  void verify(std::uint64_t tiles, std::uint64_t seed, MemoryResource& memory);
  /// What that takes of the host's memory.
  static std::uint64_t verify_bytes(std::uint64_t tiles, std::size_t parts) noexcept;
  [[nodiscard]] VerifyReport verify_report() const;

  [[nodiscard]] AxisPlaces layout() const override { return places_; }
  void lay_out(const AxisPlaces& layout) override;
  void go_on(std::uint64_t touched_axes, std::span<const Stage> done) override;

  /// Copies bytes of the state to the host and back, from `first` on, with axes where they lie now.
  void download(std::uint64_t first, std::span<std::byte> to);
  void upload(std::uint64_t first, std::span<const std::byte> from);
  /// Brings every axis to its own place, and back to where it was before that.
  void straighten();
  void restore();

  [[nodiscard]] std::uint64_t part_bytes() const noexcept { return parts_.front()->field().size_bytes(); }
  /// One in-place scale of the whole state, all devices at the same time.
  [[nodiscard]] double measure_sweep_seconds();

 private:
  [[nodiscard]] bool holds_something(std::size_t part) const noexcept;
  void pass_over(std::size_t part, std::size_t stages);
  template <typename Copy>
  void for_each_part(std::uint64_t first, std::uint64_t bytes, const Copy& copy);
  void swap_axes(const Stage& stage, const OnStageDone& on_stage_done);
  void swap_axes(const AxisSwap& swap);
  void swap_places(int one, int other);
  void arrange(const std::vector<std::uint8_t>& wanted);
  void execute_on_parts(std::span<const Stage> stages, const Program& program, const OnStageDone& on_stage_done);

  int axes_;
  int part_axes_;
  quantum::DrawResources host_;
  DeviceLimits limits_;
  std::vector<std::unique_ptr<DevicePlace>> parts_;
  std::vector<std::unique_ptr<VerifiedPlace>> verified_;  ///< Over the parts; empty: nobody looks.
  std::vector<quantum::StatePart> fields_;                ///< Of the parts.
  quantum::PartExchange exchange_;
  AxisPlaces places_;
  std::vector<std::uint8_t> place_before_;  ///< Of axes, while they are straight.
  quantum::QubitMap reader_map_;            ///< Of the latest reader.
};

}  // namespace basalt
