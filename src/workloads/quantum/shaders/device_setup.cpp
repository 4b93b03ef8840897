#include "workloads/quantum/shaders/device_setup.h"

#include <bit>

#include "workloads/quantum/shaders/device_sweep.h"

namespace basalt::quantum {
namespace {

/// As scale.comp has it.
template <typename Real>
struct ScalePush {
  SweepPush sweep;
  std::uint32_t inside_mask = 0;
  std::uint32_t inside_value = 0;
  std::uint32_t block_mask = 0;
  std::uint32_t block_value = 0;
  Real scale = 0;
};

template <typename Real>
void record_scale(vulkan::Commands& commands, vulkan::Pipelines& pipelines, const vulkan::DeviceField& field,
                  ControlMask keep, double scale) {
  const int block_axes = sweep_block_axes(field);
  const auto inside = (std::uint32_t{1} << block_axes) - 1;
  ScalePush<Real> push{.sweep = {},
                       .inside_mask = static_cast<std::uint32_t>(keep.mask) & inside,
                       .inside_value = static_cast<std::uint32_t>(keep.value) & inside,
                       .block_mask = static_cast<std::uint32_t>(keep.mask >> block_axes),
                       .block_value = static_cast<std::uint32_t>(keep.value >> block_axes),
                       .scale = static_cast<Real>(scale)};
  record_sweep(commands, field,
               {.pipeline = sweep_pipeline(pipelines, field, Readout::scale),
                .push = bytes_of(push),
                .groups = std::uint64_t{1} << (field.padded_axes() - block_axes),
                .group_elements = std::uint64_t{1} << block_axes});
}

template <typename Record>
void run(vulkan::DeviceField& field, const CancelToken* cancel, const Record& record) {
  vulkan::Commands commands(field.memory().shared_device(), vulkan::QueueKind::compute);
  commands.begin();
  record(commands);
  commands.barrier();
  commands.end();
  commands.run(cancel);
}

}  // namespace

void record_zero_state(vulkan::Commands& commands, vulkan::Pipelines& pipelines, const vulkan::DeviceField& field) {
  // no element has the value 1 under an empty mask
  record_scale_where(commands, pipelines, field, {.mask = 0, .value = 1}, 0);
  commands.barrier();
  if (field.type() == ElementType::c64) {
    commands.fill(field.chunks()[0], 0, sizeof(float), std::bit_cast<std::uint32_t>(1.0F));
  } else {
    // the upper half; the lower one of 1.0 is 0
    commands.fill(field.chunks()[0], 4, 4, static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(1.0) >> 32));
  }
}

void record_scale_where(vulkan::Commands& commands, vulkan::Pipelines& pipelines, const vulkan::DeviceField& field,
                        ControlMask keep, double scale) {
  if (field.type() == ElementType::c64) {
    record_scale<float>(commands, pipelines, field, keep, scale);
  } else {
    record_scale<double>(commands, pipelines, field, keep, scale);
  }
}

void set_zero_state(vulkan::Pipelines& pipelines, vulkan::DeviceField& field, const CancelToken* cancel) {
  run(field, cancel, [&](vulkan::Commands& commands) { record_zero_state(commands, pipelines, field); });
}

void scale_where(vulkan::Pipelines& pipelines, vulkan::DeviceField& field, ControlMask keep, double scale,
                 const CancelToken* cancel) {
  run(field, cancel, [&](vulkan::Commands& commands) { record_scale_where(commands, pipelines, field, keep, scale); });
}

}  // namespace basalt::quantum
