// Plans for machines that nobody has, down to the last axis: a change of a plan must be meant.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>

#include "plan/invented_machine.h"
#include "plan/invented_tiles.h"
#include "plan/operation_lists.h"
#include "plan/plan.h"

namespace basalt {
namespace {

/// "0-3,7"
std::string shown(std::uint64_t axes) {
  std::string text;
  for (int first = 0; first < 64; ++first) {
    const int count = std::countr_one(axes >> first);
    if (count > 0) {
      text += fmt::format("{}{}", text.empty() ? "" : ",", first);
      text += count > 1 ? fmt::format("-{}", first + count - 1) : "";
      first += count;
    }
  }
  return text;
}

/// Line by line: tile, pieces, steps.
std::string shown(const Plan& plan) {
  std::string text;
  for (const Stage& stage : plan.stages) {
    text += fmt::format("tile {} of 2^{}, {} pieces, {} steps\n", shown(stage.tile_axes),
                        std::popcount(stage.tile_axes | stage.outer_axes), stage.pieces, stage.steps.size());
  }
  return text;
}

Plan plan_for(const Inventory& machine, const std::vector<Access>& operations, int axes,
              ElementType type = ElementType::c64, std::uint64_t touched_axes = ~std::uint64_t{0}) {
  const PlanLimits limits = choose_limits(machine, std::nullopt, static_cast<int>(machine.cores.value));
  return make_plan(program_of(operations), type, axes, limits, in_tiles(touched_axes));
}

Inventory with_caches(std::vector<CacheLevel> caches, std::uint64_t cores) {
  Inventory machine = invented_machine(cores);
  machine.threads_per_core = 1;
  machine.caches = std::move(caches);
  return machine;
}

/// An embedded core: 4 KiB and 16 KiB.
Inventory tiny_caches() {
  return with_caches({{1, 4 << 10, 1}, {2, 16 << 10, 1}}, 1);
}

Inventory huge_caches() {
  return with_caches({{1, 1 << 20, 1}, {2, 512 << 20, 1}}, 4);
}

Inventory many_cores() {
  return with_caches({{1, 48 << 10, 1}, {2, 2 << 20, 1}, {3, 64 << 20, 16}}, 128);
}

TEST(GoldenPlan, OnTinyCaches) {
  EXPECT_EQ(shown(plan_for(tiny_caches(), qft_operations(20), 20)),
            "tile 0-4,15-19 of 2^20, 4 pieces, 15 steps\n"
            "tile 0-4,10-14 of 2^20, 4 pieces, 40 steps\n"
            "tile 0-9 of 2^20, 4 pieces, 155 steps\n");
}

TEST(GoldenPlan, OnHugeCaches) {
  EXPECT_EQ(shown(plan_for(huge_caches(), qft_operations(26), 26)),
            "tile 0-4,14-25 of 2^26, 256 pieces, 78 steps\n"
            "tile 0-16 of 2^26, 256 pieces, 273 steps\n");
}

TEST(GoldenPlan, OnManyCores) {
  EXPECT_EQ(shown(plan_for(many_cores(), qft_operations(30), 30)),
            "tile 0-4,18-29 of 2^30, 4096 pieces, 78 steps\n"
            "tile 0-4,6-17 of 2^30, 4096 pieces, 222 steps\n"
            "tile 0-16 of 2^30, 4096 pieces, 165 steps\n");
}

TEST(GoldenPlan, OnManyCoresFromZero) {
  EXPECT_EQ(shown(plan_for(many_cores(), qft_operations(30), 30, ElementType::c128, 0)),
            "tile 0-3,21-29 of 2^13, 1 pieces, 45 steps\n"
            "tile 0-3,12-20 of 2^22, 512 pieces, 126 steps\n"
            "tile 0-12 of 2^30, 8192 pieces, 294 steps\n");
}

TEST(GoldenPlan, OfAFieldThatATileHolds) {
  EXPECT_EQ(shown(plan_for(many_cores(), quantum_volume_operations(10, 1), 10)),
            "tile 0-9 of 2^10, 1 pieces, 50 steps\n");
  EXPECT_EQ(shown(plan_for(many_cores(), {mixing(1)}, 1)), "tile 0-3 of 2^4, 1 pieces, 1 steps\n");
}

}  // namespace
}  // namespace basalt
