// Sets and scales states in a device's memory.
#pragma once

#include "runtime/vulkan/commands.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/pipelines.h"
#include "workloads/quantum/kernels/operands.h"

namespace basalt::quantum {

/// Records: amplitude 1 at index 0, 0 elsewhere, padding included. Barriers before and after are the caller's.
void record_zero_state(vulkan::Commands& commands, vulkan::Pipelines& pipelines, const vulkan::DeviceField& field);

/// Records "quantum/collapse": amplitudes that `keep` selects are multiplied by `scale`, the others become 0, unread
/// where whole blocks do. Barriers before and after are the caller's.
void record_scale_where(vulkan::Commands& commands, vulkan::Pipelines& pipelines, const vulkan::DeviceField& field,
                        ControlMask keep, double scale);

/// The same, submitted and waited for.
void set_zero_state(vulkan::Pipelines& pipelines, vulkan::DeviceField& field, const CancelToken* cancel = nullptr);
void scale_where(vulkan::Pipelines& pipelines, vulkan::DeviceField& field, ControlMask keep, double scale,
                 const CancelToken* cancel = nullptr);

}  // namespace basalt::quantum
