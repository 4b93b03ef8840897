// A state in a device's memory, and the same on the host to compare with.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "../results/state_fixture.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/fixture.h"
#include "workloads/quantum/results/host_reader.h"
#include "workloads/quantum/shaders/device_reader.h"

namespace basalt::quantum {

enum class Mode : std::uint8_t { c64, c64_pairs, c128 };

inline std::string name_of(Mode mode) {
  return mode == Mode::c64 ? "c64" : mode == Mode::c128 ? "c128" : "c64_pairs";
}

/// A device whose fields have small chunks, for many tests: pipelines take longer to make than tests.
struct TestDevice {
  explicit TestDevice(const vulkan::PhysicalDevice& physical)
      : device(vulkan::Device::open(physical)), memory(device), pipelines(device, {}), staging(memory) {}

  /// Null where the device cannot do it. Without `imports`, as if it could not use memory of the host.
  static std::unique_ptr<TestDevice> make(Mode mode, std::uint64_t chunk_bytes, bool imports = true) {
    const vulkan::PhysicalDevice* found = vulkan::test_device();
    if (found == nullptr || (mode == Mode::c128 && !found->plan.f64)) {
      return nullptr;
    }
    vulkan::PhysicalDevice physical = *found;
    physical.plan.chunk_bytes = chunk_bytes;
    physical.plan.block_bytes = std::min(physical.plan.block_bytes, chunk_bytes);
    physical.properties.host_pointer_alignment =
        imports ? physical.properties.host_pointer_alignment : ~std::uint64_t{0};
    physical.plan.f64 = physical.plan.f64 && mode != Mode::c64_pairs;
    return std::make_unique<TestDevice>(physical);
  }

  std::shared_ptr<vulkan::Device> device;
  vulkan::DeviceMemory memory;
  vulkan::Pipelines pipelines;
  vulkan::Staging staging;
};

/// Qubits anywhere, some inverted; the same for the same seed.
inline QubitMap random_map(int qubits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  QubitMap map;
  map.axis.resize(static_cast<std::size_t>(qubits));
  std::iota(map.axis.begin(), map.axis.end(), std::uint8_t{0});
  std::ranges::shuffle(map.axis, random);
  map.flipped = random() & ((std::uint64_t{1} << qubits) - 1);
  return map;
}

/// `state` by index in the field, read through a map.
class DeviceState {
 public:
  DeviceState(TestDevice& on, const reference::State& state, Mode mode, QubitMap read_through = {})
      : map(std::move(read_through)),
        host(state, mode == Mode::c128 ? ElementType::c128 : ElementType::c64),
        field(on.memory, host.field.type, host.field.axes),
        host_reader(view()),
        reader(field, on.pipelines, &map, {host.arena, host.cancel, host.memory}) {
    // What a shader forgets to write is NaN, as what was there before.
    std::vector<std::byte> bytes(field.size_bytes());
    fill_nan(bytes);
    field.upload(on.staging, bytes, 0, nullptr);
    std::vector<Qubit> qubits(std::min<std::size_t>(map.axis.empty() ? 0 : map.axis.size(), 13));
    std::iota(qubits.begin(), qubits.end(), Qubit{0});
    EXPECT_TRUE(std::isnan(reader.marginal(qubits)[0]));
    std::ranges::fill(bytes, std::byte{0});
    std::ranges::copy(host.field.buffer.bytes().first(element_bytes(host.field.type) << host.field.axes),
                      bytes.begin());
    field.upload(on.staging, bytes, 0, nullptr);
  }

  [[nodiscard]] StateView view() { return {host.field, host.arena, host.cancel, host.memory, &map}; }

  /// All elements of the device's field, padding included.
  [[nodiscard]] reference::State download(TestDevice& on) const {
    std::vector<std::byte> bytes(field.size_bytes());
    field.download(on.staging, 0, bytes, nullptr);
    reference::State state(bytes.size() / element_bytes(field.type()));
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (field.type() == ElementType::c64) {
        state[i] = reinterpret_cast<const std::complex<float>*>(bytes.data())[i];
      } else {
        state[i] = reinterpret_cast<const std::complex<double>*>(bytes.data())[i];
      }
    }
    return state;
  }

  void fill_nan(std::vector<std::byte>& bytes) const {
    if (field.type() == ElementType::c64) {
      std::fill_n(reinterpret_cast<float*>(bytes.data()), bytes.size() / 4, std::numeric_limits<float>::quiet_NaN());
    } else {
      std::fill_n(reinterpret_cast<double*>(bytes.data()), bytes.size() / 8, std::numeric_limits<double>::quiet_NaN());
    }
  }

  QubitMap map;
  StateFixture host;
  vulkan::DeviceField field;
  HostReader host_reader;
  DeviceReader reader;
};

}  // namespace basalt::quantum
