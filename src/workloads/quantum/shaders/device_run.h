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

namespace basalt::quantum {

/// What a run tells while it goes on. Each may be empty.
struct DeviceRunHooks {
  std::function<void()> at_boundary;                                      ///< Before each batch of stages; may throw.
  std::function<void(const Stage& stage, double seconds)> on_stage_done;  ///< In order; by the device's own clock.
};

/// For one thread at a time. Its memory must outlive it.
class DeviceRun {
 public:
  /// For a field that stays while it runs. Stages are those of make_device_plan. Operands may go afterwards.
  /// `gathered_axes` as DeviceTile has them.
  DeviceRun(vulkan::DeviceField& field, vulkan::Pipelines& pipelines, std::span<const Stage> stages,
            const Program& program, int gathered_axes = 0);
  /// For stages that were encoded for that field.
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
  std::int64_t report(const Batch& batch, const DeviceRunHooks& hooks, std::int64_t after);

  vulkan::DeviceMemory& memory_;
  StageShape shape_;
  std::vector<Stage> stages_;
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
