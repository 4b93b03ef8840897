// What a job needs to know of its device before it takes anything: whether it can run there, and what it will hold.
#pragma once

#include "engine/device_cache.h"
#include "engine/memory_budget.h"
#include "runtime/memory/field.h"

namespace basalt {

/// Throws Error(unsupported) where the device has no such numbers.
void expect_numbers(const vulkan::PhysicalDevice& physical, ElementType type);

/// Throws as expect_numbers does, and Error(out_of_resources) where the state does not fit
/// what it has free, with the numbers and the largest size that would.
void admit_to_device(OpenDevice& device, ElementType type, int qubits);

/// What the host must hold beside a state on a device.
MemoryEstimate beside_device(MemoryEstimate estimate);

}  // namespace basalt
