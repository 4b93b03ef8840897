// What plans for devices rely on, with figures and without.
#include "engine/device_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/invented_machine.h"

namespace basalt {
namespace {

using testing::Each;
using testing::Field;
using testing::HasSubstr;

vulkan::PhysicalDevice card() {
  vulkan::PhysicalDevice physical;
  physical.properties.type = vulkan::DeviceType::discrete;
  physical.properties.uuid = "00ff";
  physical.plan.tile_axes_c64 = 13;
  physical.plan.tile_axes_c128 = 11;
  return physical;
}

TEST(DeviceFigures, TakeThePlaceOfDefaults) {
  const DeviceLimits known = choose_device_limits(card(), invented_device_figures(), ElementType::c64);
  EXPECT_EQ(known.bytes_per_second, 400e9);
  EXPECT_EQ(known.flops_per_second, 3e12);
  EXPECT_EQ(known.transposition_sweeps, 0.25);
  EXPECT_EQ(known.stage_seconds, 4e-6);
  EXPECT_EQ(known.tile_axes, 13) << "what a workgroup holds is not measured";
  const DeviceLimits unknown = choose_device_limits(card(), {}, ElementType::c64);
  EXPECT_NE(unknown.bytes_per_second, known.bytes_per_second);
  EXPECT_EQ(unknown.tile_axes, 13);
}

TEST(DeviceFigures, OfOnePrecisionSayNothingOfTheOther) {
  const DeviceLimits unknown = choose_device_limits(card(), {}, ElementType::c128);
  const DeviceLimits other = choose_device_limits(card(), invented_device_figures(), ElementType::c128);
  EXPECT_EQ(other.flops_per_second, unknown.flops_per_second);
  DeviceFigures both = invented_device_figures();
  both.double_precision = both.single_precision;
  both.double_precision->flops_per_second.median = 1e12;
  EXPECT_EQ(choose_device_limits(card(), both, ElementType::c128).flops_per_second, 1e12);
}

TEST(DeviceFigures, SayWhereTheyComeFrom) {
  const auto sources = [](const std::optional<DeviceFigures>& figures) {
    const DeviceLimits limits = choose_device_limits(card(), figures, ElementType::c64);
    std::vector<LimitChoice> choices = device_limit_choices(limits, figures, ElementType::c64);
    std::erase_if(choices, [](const LimitChoice& choice) { return choice.name.ends_with("_axes"); });
    return choices;
  };
  EXPECT_THAT(sources({}), Each(Field(&LimitChoice::source, HasSubstr("default"))));
  EXPECT_THAT(sources(invented_device_figures()),
              Each(Field(&LimitChoice::source, "measured at 2026-02-03T04:05:06Z")));
}

}  // namespace
}  // namespace basalt
