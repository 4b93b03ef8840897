// Stages on a device: encoded and recorded once, run any number of times.
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

namespace basalt::quantum {

/// What a run tells while it goes on. Each may be empty.
struct DeviceRunHooks {
  std::function<void()> at_boundary;                                      ///< Before each batch of stages; may throw.
  std::function<void(const Stage& stage, double seconds)> on_stage_done;  ///< In order; by the device's own clock.
};

class DeviceRun {
 public:
  /// For a field that is there and stays. Stages are those of make_device_plan. Operands may go afterwards.
  /// `gathered_axes` as DeviceTile has them.
  DeviceRun(vulkan::DeviceField& field, vulkan::Pipelines& pipelines, std::span<const Stage> stages,
            const Program& program, int gathered_axes = 0);
  ~DeviceRun();
  DeviceRun(const DeviceRun&) = delete;
  DeviceRun& operator=(const DeviceRun&) = delete;

  /// Applies all stages, in order. Throws Error(cancelled) between batches (the field is then in no useful state),
  /// Error(device_lost).
  void run(const DeviceRunHooks& hooks, const CancelToken* cancel);

 private:
  /// What one dispatch does of a stage: all of it, but for drivers that limit the rounds of loops.
  struct Part {
    std::uint64_t words = 0;  ///< Where they are, in bytes.
    bool is_general = false;  ///< It has operations through shared memory.
  };

  /// Stages that are submitted together.
  struct Batch {
    std::size_t first = 0;
    std::size_t count = 0;
    vulkan::Commands commands;
  };

  void encode(std::span<const Stage> stages, const Program& program, int gathered_axes);
  void record(vulkan::Pipelines& pipelines);
  std::int64_t report(const Batch& batch, const DeviceRunHooks& hooks, std::int64_t after);

  vulkan::DeviceField& field_;
  std::vector<Stage> stages_;
  std::vector<std::vector<Part>> parts_;  ///< Of each stage, in order.
  vulkan::DeviceBuffer words_;
  std::vector<Batch> batches_;
};

/// The tile that a device's workgroups hold, and speeds that devices of its kind usually have.
DeviceLimits device_limits(const vulkan::DeviceProperties& properties, const vulkan::DevicePlan& plan,
                           ElementType type);

/// For DeviceSettings.
DeviceTileWork describe_device_tile(std::span<const Step* const> steps, ElementType type, std::uint64_t tile_axes);

}  // namespace basalt::quantum
