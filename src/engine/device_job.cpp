#include "engine/device_job.h"

#include <fmt/format.h>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "runtime/vulkan/device_field.h"

namespace basalt {
namespace {

/// Two buffers for transfers and, beside them, words of stages, tables and partial sums.
constexpr std::uint64_t kHostBytes = std::uint64_t{96} << 20;

}  // namespace

void expect_numbers(const vulkan::PhysicalDevice& physical, ElementType type) {
  if (type == ElementType::c128 && !physical.plan.f64) {
    throw Error(
        ErrorCode::unsupported,
        fmt::format("\"{}\" cannot run in double precision: {}", physical.properties.name, physical.plan.f64_reason),
        "give --precision single or --backend cpu");
  }
}

void admit_to_device(OpenDevice& device, ElementType type, int qubits) {
  const vulkan::DevicePlan& plan = device.device->plan();
  const std::string& name = device.device->properties().name;
  expect_numbers(device.device->physical(), type);
  const std::uint64_t free = device.memory.free_bytes();
  const std::uint64_t needed = vulkan::device_field_bytes(plan, type, qubits);
  if (needed <= free) {
    return;
  }
  int most = qubits;
  while (most > 0 && vulkan::device_field_bytes(plan, type, most) > free) {
    --most;
  }
  throw Error(ErrorCode::out_of_resources,
              fmt::format("{} qubits take {} of the memory of \"{}\", which has {} free", qubits, format_bytes(needed),
                          name, format_bytes(free)),
              fmt::format("at most {} qubits fit there{}; --backend cpu uses the memory of the host", most,
                          type == ElementType::c128 ? " in double precision" : ""));
}

MemoryEstimate beside_device(MemoryEstimate estimate) {
  estimate.state_bytes = 0;
  estimate.saved_states = 0;
  estimate.scratch_bytes += kHostBytes;
  return estimate;
}

}  // namespace basalt
