// States beyond 4 GiB, in several chunks as large as they get. On real cards with room for them only.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/vulkan/fixture.h"
#include "workloads/quantum/shaders/device_reader.h"
#include "workloads/quantum/shaders/device_setup.h"

namespace basalt::quantum {
namespace {

using testing::ElementsAre;
using testing::Field;

class LargeState : public vulkan::VulkanTest, public testing::WithParamInterface<ElementType> {};

INSTANTIATE_TEST_SUITE_P(Types, LargeState, testing::Values(ElementType::c64, ElementType::c128),
                         [](const auto& chosen) { return chosen.param == ElementType::c64 ? "c64" : "c128"; });

TEST_P(LargeState, IsReadAtItsEndsAndAcrossChunks) {
  const vulkan::PhysicalDevice& physical = *vulkan::test_device();
  constexpr int kQubits = 30;
  const std::uint64_t bytes = element_bytes(GetParam()) << kQubits;
  if (physical.plan.named_only || (GetParam() == ElementType::c128 && !physical.plan.f64)) {
    GTEST_SKIP() << "not on " << physical.properties.name;
  }
  auto device = vulkan::Device::open(physical);
  vulkan::DeviceMemory memory(device);
  if (memory.free_bytes() < bytes + bytes / 16) {
    GTEST_SKIP() << "no room for " << bytes << " bytes";
  }
  vulkan::Pipelines pipelines(device, {});
  vulkan::Staging staging(memory);
  vulkan::DeviceField field(memory, GetParam(), kQubits);
  ASSERT_GT(field.chunks().size(), 1);
  set_zero_state(pipelines, field);

  // beside 1 at index 0: at the ends of the first chunk and of the field, and in the middle of another
  const std::uint64_t chunk = std::uint64_t{1} << field.chunk_axes();
  const std::uint64_t last = (std::uint64_t{1} << kQubits) - 1;
  const std::uint64_t middle = 3 * (last + 1) / 4 + 12345;
  const auto set = [&](std::uint64_t index, std::complex<double> value) {
    const std::complex<float> narrow(value);
    const auto raw =
        GetParam() == ElementType::c64 ? std::as_bytes(std::span(&narrow, 1)) : std::as_bytes(std::span(&value, 1));
    field.upload(staging, raw, index * element_bytes(GetParam()), nullptr);
  };
  set(chunk - 1, {1, 0});
  set(chunk, {2, 0});
  set(middle, {0, -1});
  set(last, {1, 1});

  HostMemory host;
  const CancelToken cancel;
  Arena arena(2);
  DeviceReader reader(field, pipelines, nullptr, {.arena = arena, .cancel = cancel, .memory = host});
  EXPECT_EQ(reader.norm(), 9);
  EXPECT_EQ(reader.norm_where({.mask = chunk, .value = chunk}), 4 + (middle & chunk ? 1 : 0) + 2);
  const std::uint64_t flip = last;  // takes index 0 to the last, and the end of the first chunk to elsewhere
  const std::vector<double> values = reader.expectations(std::vector<Observable>{
      {.name = "", .terms = {{.coefficient = 1, .x_mask = flip, .z_mask = 0}}},
      {.name = "", .terms = {{.coefficient = 1, .x_mask = 2 * chunk - 1, .z_mask = 0}}},
      {.name = "", .terms = {{.coefficient = 1, .x_mask = 0, .z_mask = std::uint64_t{1} << (kQubits - 1)}}}});
  EXPECT_NEAR(values[0], 2.0 / 9, 1e-12);
  EXPECT_NEAR(values[1], 4.0 / 9, 1e-12);
  EXPECT_NEAR(values[2], (1 + (chunk - 1 <= last / 2 ? 1 : -1) + (chunk <= last / 2 ? 4 : -4) - 1 - 2) / 9.0, 1e-12);
  EXPECT_THAT(reader.top_states(4), ElementsAre(Field(&TopState::index, chunk), Field(&TopState::index, last),
                                                Field(&TopState::index, 0), Field(&TopState::index, chunk - 1)));
  const Samples samples = reader.sample(100000, 1, 2);
  EXPECT_THAT(samples.counts(), ElementsAre(Field(&BasisCount::index, 0), Field(&BasisCount::index, chunk - 1),
                                            Field(&BasisCount::index, chunk), Field(&BasisCount::index, middle),
                                            Field(&BasisCount::index, last)));

  scale_where(pipelines, field, {.mask = std::uint64_t{1} << (kQubits - 1), .value = std::uint64_t{1} << (kQubits - 1)},
              2);
  DeviceReader collapsed(field, pipelines, nullptr, {.arena = arena, .cancel = cancel, .memory = host});
  EXPECT_EQ(collapsed.norm(), 4 * (1 + 2 + (chunk - 1 > last / 2 ? 1 : 0) + (chunk > last / 2 ? 4 : 0)));
}

}  // namespace
}  // namespace basalt::quantum
