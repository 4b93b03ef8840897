#include "engine/device_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "basalt/error.h"
#include "basalt/inventory.h"
#include "runtime/vulkan/device_field.h"
#include "workloads/quantum/shaders/part_exchange.h"

namespace basalt {
namespace {

/// Two buffers for transfers and, beside them, words of stages, tables and partial sums.
constexpr std::uint64_t kHostBytes = std::uint64_t{96} << 20;

/// Smaller parts are not worth a device each. More than any one step mixes.
constexpr int kLeastPartQubits = 8;

}  // namespace

void expect_numbers(const vulkan::PhysicalDevice& physical, ElementType type) {
  if (type == ElementType::c128 && !physical.plan.f64) {
    throw Error(
        ErrorCode::unsupported,
        fmt::format("\"{}\" cannot run in double precision: {}", physical.properties.name, physical.plan.f64_reason),
        "give --precision single or --backend cpu");
  }
}

std::vector<std::string> device_names(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t end = std::min(text.find(',', first), text.size());
    names.push_back(text.substr(first, end - first));
    if (names.back().empty() && !text.empty()) {
      throw Error(ErrorCode::bad_usage, fmt::format("--device \"{}\" has a name that is empty", text),
                  "name devices as basalt devices lists them, with a comma between them: --device 0,1");
    }
    first = end + 1;
  }
  if (!std::has_single_bit(names.size())) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("--device names {} devices, and a state is split over 1, 2, 4 and so on", names.size()),
                fmt::format("name {} of them", std::bit_floor(names.size())));
  }
  return names;
}

std::size_t worthwhile_parts(std::size_t count, int qubits) noexcept {
  while (count > 1 && part_qubits(qubits, count) < kLeastPartQubits) {
    count /= 2;
  }
  return count;
}

std::string note_of_fewer_parts(int qubits, std::size_t devices, std::size_t parts) {
  return fmt::format("{} qubits are too few for {} devices: using {}", qubits, devices, parts);
}

int part_qubits(int qubits, std::size_t parts) noexcept {
  return qubits - std::countr_zero(parts);
}

void admit_to_devices(const OpenDevices& devices, ElementType type, int qubits) {
  for (const auto& device : devices) {
    expect_numbers(device->device->physical(), type);
  }
  const auto needed = [&](const HeapBytes& heap, int some_qubits) {
    for (const HeapBytes& of : bytes_on_devices(devices, type, some_qubits)) {
      if (of.heap == heap.heap) {
        return of.bytes;
      }
    }
    return std::uint64_t{0};
  };
  for (const HeapBytes& heap : bytes_on_devices(devices, type, qubits)) {
    const OpenDevice& device = **std::ranges::find_if(
        devices, [&](const auto& open) { return heap_name(open->device->properties()) == heap.heap; });
    const std::uint64_t free = device.memory.free_bytes();
    if (heap.bytes <= free) {
      continue;
    }
    int most = qubits;
    while (most > 0 && needed(heap, most) > free) {
      --most;
    }
    throw Error(ErrorCode::out_of_resources,
                fmt::format("{} qubits{} take {} of the memory of \"{}\", which has {} free", qubits,
                            devices.size() > 1 ? fmt::format(" in {} parts", devices.size()) : "",
                            format_bytes(heap.bytes), device.device->properties().name, format_bytes(free)),
                fmt::format("at most {} qubits fit there{}; --backend cpu uses the memory of the host", most,
                            type == ElementType::c128 ? " in double precision" : ""));
  }
}

std::string device_rejection(const OpenDevice& device, ElementType type, int qubits,
                             const std::optional<std::uint64_t>& limit) {
  const std::uint64_t bytes = vulkan::device_field_bytes(device.device->plan(), type, qubits);
  const std::uint64_t free = std::min(device.memory.free_bytes(), limit.value_or(~std::uint64_t{0}));
  return bytes <= free ? ""
                       : fmt::format("the state takes {}, and of its memory {} may be used", format_bytes(bytes),
                                     format_bytes(free));
}

std::vector<HeapBytes> bytes_on_devices(const OpenDevices& devices, ElementType type, int qubits) {
  std::vector<HeapBytes> heaps;
  for (const auto& device : devices) {
    const std::string heap = heap_name(device->device->properties());
    const std::uint64_t bytes =
        vulkan::device_field_bytes(device->device->plan(), type, part_qubits(qubits, devices.size()));
    const auto known = std::ranges::find(heaps, heap, &HeapBytes::heap);
    if (known == heaps.end()) {
      heaps.push_back({.heap = heap, .bytes = bytes});
    } else {
      known->bytes += bytes;
    }
  }
  return heaps;
}

MemoryEstimate beside_devices(MemoryEstimate estimate, std::size_t devices) {
  estimate.state_bytes = 0;
  estimate.saved_states = 0;
  estimate.scratch_bytes += kHostBytes * devices + quantum::PartExchange::host_bytes(devices);
  return estimate;
}

MemoryEstimate beside_streams(MemoryEstimate estimate) {
  estimate.saved_states = 0;
  estimate.scratch_bytes += kHostBytes;
  return estimate;
}

}  // namespace basalt
