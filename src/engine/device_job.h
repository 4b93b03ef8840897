// What a job needs to know of its devices before it takes anything: whether it can run there, and what it will hold.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/device_cache.h"
#include "engine/memory_budget.h"
#include "runtime/memory/field.h"

namespace basalt {

/// Throws Error(unsupported) where the device has no such numbers.
void expect_numbers(const vulkan::PhysicalDevice& physical, ElementType type);

/// "0,1" names two. Throws Error(bad_usage) unless they are a power of two.
std::vector<std::string> device_names(const std::string& text);

/// Over how many of `count` devices a state is split: each part has a number of qubits that is worth a device.
std::size_t worthwhile_parts(std::size_t count, int qubits) noexcept;

/// For people, where those are fewer.
std::string note_of_fewer_parts(int qubits, std::size_t devices, std::size_t parts);

using OpenDevices = std::vector<std::shared_ptr<OpenDevice>>;

/// Qubits of each of so many parts of a state.
int part_qubits(int qubits, std::size_t parts) noexcept;

/// Each holds a part of the state. Throws as expect_numbers does, and Error(out_of_resources) where a part does not fit
/// what its device has free, with the numbers and the largest size that would.
void admit_to_devices(const OpenDevices& devices, ElementType type, int qubits);

/// Where a state does not fit `device`, of which `limit` bytes may be used, if that is given: why; empty where it does.
std::string device_rejection(const OpenDevice& device, ElementType type, int qubits,
                             const std::optional<std::uint64_t>& limit);

/// What a state takes of the heaps, added up where devices share one.
std::vector<HeapBytes> bytes_on_devices(const OpenDevices& devices, ElementType type, int qubits);

/// What the host must hold beside a state on so many devices.
MemoryEstimate beside_devices(MemoryEstimate estimate, std::size_t devices);

/// The same where the host holds the state, and a device tiles of it.
MemoryEstimate beside_streams(MemoryEstimate estimate);

}  // namespace basalt
