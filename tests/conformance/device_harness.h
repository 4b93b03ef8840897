// What the tests of a Vulkan device share: the device with chunks of two sizes, and states that go to and fro.
#pragma once

#include <algorithm>
#include <complex>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "conformance/kernel_harness.h"
#include "runtime/vulkan/device_field.h"
#include "runtime/vulkan/fixture.h"
#include "workloads/quantum/shaders/device_run.h"
#include "workloads/quantum/shaders/device_setup.h"

namespace basalt::quantum {

/// A device that is open, with chunks of a size of the test's own.
struct TestDevice {
  explicit TestDevice(const vulkan::PhysicalDevice& physical)
      : device(vulkan::Device::open(physical)), memory(device), pipelines(device, {}), staging(memory, 1 << 16) {}

  std::shared_ptr<vulkan::Device> device;
  vulkan::DeviceMemory memory;
  vulkan::Pipelines pipelines;
  vulkan::Staging staging;
};

class DeviceConformance : public vulkan::VulkanTest {
 protected:
  /// `small_chunk`: of the second device, in bytes; no buffer may be larger.
  explicit DeviceConformance(std::uint64_t small_chunk = 1 << 16) : small_chunk_(small_chunk) {}

  /// Of fields up to here, that is, a thousand tiles.
  static constexpr int kMostAxes = 22;

  void SetUp() override {
    vulkan::VulkanTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    physical_ = *vulkan::test_device();
    for (const std::uint64_t chunk : {std::uint64_t{1} << 30, small_chunk_}) {
      vulkan::PhysicalDevice with_chunks = physical_;
      with_chunks.plan.chunk_bytes = std::min(chunk, with_chunks.plan.chunk_bytes);
      devices_.push_back(std::make_unique<TestDevice>(with_chunks));
    }
  }

  void TearDown() override {
    devices_.clear();
    vulkan::VulkanTest::TearDown();
  }

  /// Up to here every type is tested on chunks of both sizes; above, where the reference takes long, in turn.
  static constexpr int kFewAxes = 16;
  [[nodiscard]] static bool is_chosen(int axes, ElementType type) {
    return axes <= kFewAxes || (axes % 2 == 0) == (type == ElementType::c64);
  }
  [[nodiscard]] std::vector<TestDevice*> some_devices(int axes) const {
    if (axes > kFewAxes) {
      return {devices_[static_cast<std::size_t>(axes / 2 % 2)].get()};
    }
    return {devices_[0].get(), devices_[1].get()};
  }

  [[nodiscard]] int tile_axes(ElementType type) const {
    return device_limits(physical_.properties, physical_.plan, type).tile_axes;
  }
  [[nodiscard]] bool has(ElementType type) const { return type == ElementType::c64 || physical_.plan.f64; }

  /// The padding becomes 0.
  static void upload(TestDevice& device, vulkan::DeviceField& field, const State& state) {
    (field.type() == ElementType::c64 ? upload_as<float> : upload_as<double>)(device, field, state);
  }
  /// The first `size` amplitudes.
  static State download(TestDevice& device, const vulkan::DeviceField& field, std::size_t size) {
    return (field.type() == ElementType::c64 ? download_as<float> : download_as<double>)(device, field, size);
  }
  /// The padding included.
  static State download_all(TestDevice& device, const vulkan::DeviceField& field) {
    return download(device, field, std::size_t{1} << field.padded_axes());
  }

  vulkan::PhysicalDevice physical_;
  std::vector<std::unique_ptr<TestDevice>> devices_;

 private:
  std::uint64_t small_chunk_;

  template <typename Real>
  static void upload_as(TestDevice& device, vulkan::DeviceField& field, const State& state) {
    std::vector<std::complex<Real>> amplitudes(std::size_t{1} << field.padded_axes());
    std::ranges::transform(state, amplitudes.begin(), [](const Complex& a) { return std::complex<Real>(a); });
    field.upload(device.staging, std::as_bytes(std::span(amplitudes)), 0, nullptr);
  }

  template <typename Real>
  static State download_as(TestDevice& device, const vulkan::DeviceField& field, std::size_t size) {
    std::vector<std::complex<Real>> amplitudes(std::size_t{1} << field.padded_axes());
    field.download(device.staging, 0, std::as_writable_bytes(std::span(amplitudes)), nullptr);
    return {amplitudes.begin(), amplitudes.begin() + static_cast<std::ptrdiff_t>(size)};
  }
};

}  // namespace basalt::quantum
