// Stages on a device: encoded and recorded once, run any number of times, with other words where those are all that
// changes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "plan/device_stages.h"
#include "plan/plan.h"
#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/pipelines.h"
#include "workloads/quantum/shaders/encoded_stages.h"
#include "workloads/quantum/shaders/tile_norms.h"

namespace basalt::quantum {

/// What a run tells while it goes on. Each may be empty.
struct DeviceRunHooks {
  std::function<void()> at_boundary;                                      ///< Before each batch of stages; may throw.
  std::function<void(const Stage& stage, double seconds)> on_stage_done;  ///< In order; by the device's own clock.
  /// Of each watched stage, before on_stage_done, the norm of its tile before and after it; may throw.
  std::function<void(const WatchedTile& tile, double before, double after)> on_norms{};
};

/// For one thread at a time. Its memory must outlive it.
class DeviceRun {
 public:
  /// For a field that stays while it runs. Stages are those of make_device_plan. Operands may go afterwards.
  /// `gathered_axes` as DeviceTile has them. `watched` as encode_stages() has it.
  DeviceRun(vulkan::DeviceField& field, vulkan::Pipelines& pipelines, std::span<const Stage> stages,
            const Program& program, int gathered_axes = 0, std::span<const WatchedTile> watched = {});
  /// For stages that were encoded for that field. Where some are watched, watch() comes next.
  DeviceRun(vulkan::DeviceField& field, vulkan::Pipelines& pipelines, std::span<const Stage> stages,
            EncodedStages encoded);
  ~DeviceRun();
  DeviceRun(const DeviceRun&) = delete;
  DeviceRun& operator=(const DeviceRun&) = delete;

  /// Of what is recorded.
  [[nodiscard]] const StageShape& shape() const noexcept { return shape_; }

  /// From now on, other stages of the same shape on this field. No run may be under way, nor have been cancelled.
  void change(const vulkan::DeviceField& field, std::span<const Stage> stages, std::span<const std::uint32_t> words);
  /// From now on, the same stages on this field, which is of the same shape. As change() otherwise.
  void move_to(const vulkan::DeviceField& field);

  /// From now on, these tiles of the watched stages, one for each. As change() otherwise, which forgets them.
  void watch(std::span<const WatchedTile> tiles);

  /// Applies all stages, in order. Throws Error(cancelled) between batches (the field is then in no useful state),
  /// Error(device_lost).
  void run(const DeviceRunHooks& hooks, const CancelToken* cancel);

 private:
  /// Stages that are submitted together.
  struct Batch {
    std::size_t first = 0;
    std::size_t count = 0;
    vulkan::Commands commands;
  };

  void record(vulkan::Pipelines& pipelines);
  void record_stage(vulkan::Commands& commands, vulkan::Pipelines& pipelines,
                    const std::vector<StageShape::Part>& parts);
  void record_look(vulkan::Commands& commands, std::size_t tile, Look look);
  void tell_norms(std::size_t stage, const DeviceRunHooks& hooks) const;
  std::int64_t report(const Batch& batch, const DeviceRunHooks& hooks, std::int64_t after);

  vulkan::DeviceMemory& memory_;
  StageShape shape_;
  std::vector<Stage> stages_;
  std::vector<WatchedTile> watched_;
  std::unique_ptr<TileNorms> norms_;  ///< Null where no stage is watched.
  vulkan::DeviceBuffer table_;  ///< Of the field's chunks, as the field has one: that of another may take its place.
  vulkan::DeviceBuffer words_;
  vulkan::DeviceBuffer words_on_host_;
  // what they run uses the buffers
  std::unique_ptr<vulkan::Commands> upload_;  ///< Of the words.
  std::vector<Batch> batches_;
};

/// The tile that a device's workgroups hold, and speeds that devices of its kind usually have.
DeviceLimits device_limits(const vulkan::DeviceProperties& properties, const vulkan::DevicePlan& plan,
                           ElementType type);

/// For DeviceSettings.
DeviceTileWork describe_device_tile(std::span<const Step* const> steps, ElementType type, std::uint64_t tile_axes);

}  // namespace basalt::quantum
