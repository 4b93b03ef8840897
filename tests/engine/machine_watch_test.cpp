// The machine as an engine may use it: settings bound it, and what follows from a reading is kept with it.
#include "engine/machine_watch.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace basalt {
namespace {

TEST(MachineWatch, SettingsBoundTheMachine) {
  MachineWatch watch({.threads = 1, .memory_limit_bytes = 12345, .spill_limit_bytes = std::nullopt});
  EXPECT_EQ(watch.inventory().cores.value, 1U);
  EXPECT_EQ(watch.inventory().memory_bytes.value, 12345U);
  EXPECT_GT(watch.whole().memory_bytes.value, 12345U);
  EXPECT_EQ(watch.memory_limit(0).value, 12345U);
  EXPECT_EQ(watch.memory_limit(0).source, "the engine's settings");
  EXPECT_EQ(watch.memory_limit(1 << 20).value, 12345U) << "what others hold is no part of this limit";
}

TEST(MachineWatch, CapacityHasTheSettingsBesideTheMachine) {
  const EngineSettings settings{.threads = 1, .memory_limit_bytes = 12345, .spill_limit_bytes = std::nullopt};
  const auto of_settings = [](Capacity capacity) {
    return std::ranges::count(capacity.limits, "the engine's settings", &CapacityLimit::name);
  };
  EXPECT_EQ(of_settings(MachineWatch(settings).capacity(0)), 2);
  EXPECT_EQ(of_settings(MachineWatch(EngineSettings{}).capacity(0)), 0);
}

TEST(MachineWatch, WhatOthersHoldIsAddedToWhatIsLeft) {
  MachineWatch watch(EngineSettings{});
  const Limit now = watch.memory_limit(0);
  const Limit alone = watch.memory_limit(std::uint64_t{1} << 20);
  EXPECT_GE(alone.value + (std::uint64_t{64} << 20), now.value);
  EXPECT_FALSE(now.source.empty());
}

TEST(MachineWatch, PlanLimitsAreThoseOfTheThreads) {
  MachineWatch watch(EngineSettings{});
  EXPECT_EQ(watch.plan_limits(1).threads, 1);
  EXPECT_EQ(watch.plan_limits(3).threads, 3);
  EXPECT_EQ(watch.plan_limits(1).threads, 1) << "each kept under its own number";
  const PlanLimits chosen = choose_limits(watch.inventory(), watch.figures(), 3);
  EXPECT_EQ(watch.plan_limits(3).tile_bytes, chosen.tile_bytes);
  EXPECT_EQ(watch.plan_limits(3).serial_bytes, chosen.serial_bytes);
  EXPECT_TRUE(watch.plan_limits(3).choices.empty());
}

}  // namespace
}  // namespace basalt
