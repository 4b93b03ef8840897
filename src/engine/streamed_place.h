// A state in the host's memory that a device works on, tile by tile: a tile is copied to the device, all operations of
// a visit are applied to it there, and it is copied back. Whatever else there is to do is done by the host.
#pragma once

#include <memory>

#include "engine/device_place.h"
#include "engine/host_place.h"
#include "engine/state_place.h"
#include "plan/visits.h"
#include "runtime/memory/field.h"
#include "runtime/vulkan/commands.h"

namespace basalt {

/// Pure. `tiles` are those of the host's memory.
PlannedCircuit plan_streamed(PlannedCircuit lowered, ElementType type, int axes, const DeviceLimits& device,
                             const VisitLimits& tiles, std::uint64_t touched_axes);

/// The largest tiles that `free_bytes` of a device hold, for a state that does not fit there; none where they are not
/// worth it. Pure.
std::optional<VisitLimits> streamed_tiles(const vulkan::DevicePlan& plan, ElementType type, std::uint64_t free_bytes);

/// References must outlive it.
class StreamedPlace final : public StatePlace {
 public:
  /// `state` is the host's; `device` holds a tile of it.
  StreamedPlace(HostPlace& host, Field& state, OpenDevice& device, const VisitLimits& tiles,
                const quantum::DrawResources& resources, std::function<void()> at_boundary);

  [[nodiscard]] ElementType type() const override { return host_.type(); }
  void reset() override;
  PlannedCircuit plan_lowered(PlannedCircuit lowered, std::uint64_t touched_axes) override;
  /// What is planned must be executed before the next plan is made.
  void execute(std::span<const Stage> stages, const Program& program,
               std::span<const std::unique_ptr<TileProgram>> compiled, const OnStageDone& on_stage_done) override;
  void scale_where(quantum::ControlMask keep, double scale, const OnStageDone& on_stage_done) override {
    host_.scale_where(keep, scale, on_stage_done);
  }
  std::unique_ptr<quantum::StateReader> reader(const quantum::QubitMap* map) override { return host_.reader(map); }
  void go_on(std::uint64_t touched_axes, std::span<const Stage> /*done*/) override { touched_ = touched_axes; }
  std::optional<StateStore::Key> save(bool worth_spilling) override { return host_.save(worth_spilling); }
  [[nodiscard]] bool load(StateStore::Key key, bool last) override { return host_.load(key, last); }

  /// False once a stage has not come to its end: some tiles have it, and some do not.
  [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }

  [[nodiscard]] std::uint64_t tile_bytes() noexcept { return tile_.field().size_bytes(); }

 private:
  void visit(const Stage& stage, const Program& program);

  HostPlace& host_;
  Field& state_;
  DeviceLimits limits_;
  VisitLimits tiles_;
  quantum::DrawResources resources_;
  std::function<void()> at_boundary_;
  DevicePlace tile_;
  vulkan::Staging staging_;
  bool is_whole_ = true;
  std::uint64_t stages_ = 0;   ///< So far.
  std::uint64_t touched_ = 0;  ///< The state is zero where another axis is 1.
};

}  // namespace basalt
